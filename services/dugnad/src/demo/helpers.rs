//! Volunteers who are asked, and what they answer: most say yes, some say no, a few say nothing.

use std::collections::HashSet;

use anyhow::{Context as _, Result};
use dugnad_proto::matching::v1 as pb;

use super::{
    door::Door,
    each::{Wait, each},
};
use crate::client::request_id;

/// Looks without anybody new being asked, after which nobody is left who could be: about two seconds.
const LOOKS: u32 = 14;

/// What became of the asking.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Answers {
    pub(crate) yes: usize,
    pub(crate) no: usize,
    pub(crate) silent: usize,
    /// Places that nobody took.
    pub(crate) missing: usize,
}

/// Every open need, until it is filled or nobody is left who could be asked.
pub(crate) async fn answer(door: &mut Door) -> Result<Answers> {
    let needs = open_needs(door).await?;
    let all = each("volunteers are asked, and answer", needs, |need| {
        let mut door = door.clone();
        async move { answer_one(&mut door, &need).await }
    })
    .await?;
    Ok(all.into_iter().fold(Answers::default(), |sum, one| Answers {
        yes: sum.yes + one.yes,
        no: sum.no + one.no,
        silent: sum.silent + one.silent,
        missing: sum.missing + one.missing,
    }))
}

async fn open_needs(door: &mut Door) -> Result<Vec<String>> {
    let mut needs = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = pb::ListNeedsRequest {
            state: pb::NeedState::Open.into(),
            page_size: 1000,
            page_token,
            ..Default::default()
        };
        let page = door.matching.list_needs(request).await?.into_inner();
        needs.extend(page.needs.into_iter().map(|need| need.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(needs);
        }
    }
}

/// What somebody says follows from who is asked what, so that a run is like the next.
enum Says {
    Yes,
    No,
    Nothing,
}

fn says(offer: &pb::Offer) -> Says {
    let by = offer.to.bytes().chain(offer.need.bytes());
    match by.fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 10 {
        0 => Says::Nothing,
        1..4 => Says::No,
        _ => Says::Yes,
    }
}

pub(super) async fn answer_one(door: &mut Door, need: &str) -> Result<Answers> {
    let mut answers = Answers::default();
    let mut wait = Wait::until("a need is settled");
    // Whoever says nothing keeps the offer; so it is settled when only those are left.
    let mut silent = HashSet::new();
    let mut looks = 0;
    loop {
        let offers = open_offers(door, need).await?;
        let waiting = offers.len();
        let new: Vec<_> = offers.into_iter().filter(|it| !silent.contains(&it.name)).collect();
        if new.is_empty() {
            let request = pb::GetNeedRequest { name: need.to_owned() };
            let need = door.matching.get_need(request).await?.into_inner().need;
            let need = need.context("a need")?;
            let taken: i32 = need.slots.iter().map(|slot| slot.filled).sum();
            answers.missing = (need.heads - taken).unsigned_abs() as usize;
            looks += 1;
            if answers.missing == 0 || looks == LOOKS && waiting == silent.len() {
                return Ok(answers);
            }
            wait.a_moment().await?;
        } else {
            looks = 0;
            wait = Wait::until("a need is settled");
        }
        for offer in new {
            match says(&offer) {
                Says::Nothing => {
                    answers.silent += 1;
                    silent.insert(offer.name);
                }
                Says::No => answers.no += usize::from(decline(door, offer.name).await?),
                Says::Yes => answers.yes += usize::from(accept(door, offer.name).await?),
            }
        }
    }
}

async fn open_offers(door: &mut Door, need: &str) -> Result<Vec<pb::Offer>> {
    let request = pb::ListOffersRequest {
        need: need.to_owned(),
        open: true,
        page_size: 1000,
        ..Default::default()
    };
    Ok(door.matching.list_offers(request).await?.into_inner().offers)
}

/// Whether it could still be answered: of several who are asked for one place the first gets it.
pub(super) async fn accept(door: &mut Door, name: String) -> Result<bool> {
    let request = pb::AcceptOfferRequest { name, request_id: request_id(), ..Default::default() };
    over_or(door.matching.accept_offer(request).await)
}

pub(super) async fn decline(door: &mut Door, name: String) -> Result<bool> {
    let request =
        pb::DeclineOfferRequest { name, reason: "no-time".to_owned(), request_id: request_id() };
    over_or(door.matching.decline_offer(request).await)
}

fn over_or<T>(answer: Result<T, tonic::Status>) -> Result<bool> {
    match answer {
        Ok(_) => Ok(true),
        Err(status) if status.code() == tonic::Code::FailedPrecondition => Ok(false),
        Err(status) => Err(status.into()),
    }
}
