//! Takes requests about seasons apart, each field within its bounds.

use std::time::Duration;

use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_events::{
    RoomName, SeasonRoundId,
    rooms::{SeasonApplication, SeasonQuota, SeasonRound, SeasonSlot, SeasonWish},
};
use dugnad_ledger::RequestId;
use dugnad_proto::rooms::v1 as pb;
use dugnad_vault::PersonId;
use jiff::SignedDuration;
use uuid::Uuid;

use crate::{
    api::{hours, read},
    model::{MOST_SLOTS, MOST_TIMES},
};

const LONGEST_NAME: usize = 200;
const LONGEST_PERIOD: SignedDuration = SignedDuration::from_hours(366 * 24);
const MOST_LEFT_OUT: usize = 200;
const MOST_QUOTAS: usize = 20;
const MOST_WISHES: usize = 40;
const MOST_PERSONS: i32 = 100_000;
const DAY: u32 = 24 * 60;
const LONGEST_BUDGET: Duration = Duration::from_secs(300);
const USUAL_BUDGET: Duration = Duration::from_secs(10);

pub(super) fn round(round: Option<&pb::SeasonRound>) -> Result<SeasonRound, Invalid> {
    let round = field::required("round", round)?;
    let read = || {
        let period = round.application_period.as_ref();
        let period = read::interval("application_period", period, LONGEST_PERIOD)?;
        let slots = field::at_most("slots", &round.slots, MOST_SLOTS)?.iter().enumerate();
        let slots = slots.map(|(i, it)| one_slot(it).within_item("slots", i));
        let left_out = field::at_most("left_out_dates", &round.left_out_dates, MOST_LEFT_OUT)?;
        let left_out = left_out.iter().enumerate();
        let left_out = left_out.map(|(i, it)| local::date("", it).within_item("left_out_dates", i));
        let quotas = field::at_most("quotas", &round.quotas, MOST_QUOTAS)?.iter().enumerate();
        let quotas = quotas.map(|(i, it)| quota(it).within_item("quotas", i));
        Ok(SeasonRound {
            name: field::label("display_name", &round.display_name, LONGEST_NAME)?.to_owned(),
            opens: period.start(),
            closes: period.end(),
            first: local::date("first_date", &round.first_date)?,
            last: local::date("last_date", &round.last_date)?,
            slots: slots.collect::<Result<_, _>>()?,
            left_out: left_out.collect::<Result<_, _>>()?,
            quotas: quotas.collect::<Result<_, _>>()?,
            bars_direct: round.bars_direct_booking,
        })
    };
    read().within("round")
}

fn one_slot(slot: &pb::SeasonSlot) -> Result<SeasonSlot, Invalid> {
    let room: RoomName = field::name("room", &slot.room)?;
    let weekday = hours::weekday("weekday", slot.weekday)?;
    let hours = field::required("hours", slot.hours.as_ref())?;
    let hours = hours::read_window(hours).within("hours")?;
    Ok(SeasonSlot {
        room: room.room,
        weekday: u8::try_from(weekday).expect("a week has 7 days"),
        start: hours.opens(),
        minutes: hours.closes() - hours.opens(),
    })
}

fn quota(quota: &pb::SeasonQuota) -> Result<SeasonQuota, Invalid> {
    Ok(SeasonQuota {
        applicant: read::code("applicant_kind", &quota.applicant_kind)?,
        slots: field::within("slots", quota.slots, 1..=100)?,
    })
}

/// An application, less what is to be sealed.
pub(super) struct Wanted {
    pub(super) id: RequestId,
    pub(super) round: SeasonRoundId,
    pub(super) facts: Box<SeasonApplication>,
    pub(super) person: PersonId,
}

pub(super) fn application(
    request: &pb::ApplyForSeasonRequest,
    caller: Uuid,
) -> Result<Wanted, Invalid> {
    let id = field::request_id(&request.request_id)?;
    let round = field::name("round", &request.round)?;
    let asked = field::required("application", request.application.as_ref())?;
    let read = || {
        let says = field::required("application", asked.application.as_ref())?;
        let says = *read::application(Some(says))?.unwrap_or_default();
        if says.organisation.is_none() {
            return Err(Invalid::new("organisation", "is required")).within("application");
        }
        let minutes = field::required("duration", asked.duration.as_ref())
            .and_then(|duration| field::minutes("duration", duration, 1..=DAY))?;
        let times = i32::try_from(MOST_TIMES).unwrap_or(i32::MAX);
        let facts = SeasonApplication {
            says,
            persons: field::within("persons", asked.persons, 1..=MOST_PERSONS)?,
            age_group: read::code("age_group", &asked.age_group)?,
            times: field::within("times_a_week", asked.times_a_week, 1..=times)?,
            minutes: u16::try_from(minutes).expect("a day has 1440 minutes"),
            wishes: wishes(round, &asked.wishes)?,
        };
        let person = read::about(&asked.purpose, asked.contact.as_ref(), caller)?;
        Ok(Wanted { id, round, facts: Box::new(facts), person })
    };
    read().within("application")
}

fn wishes(round: SeasonRoundId, wishes: &[pb::SeasonWish]) -> Result<Vec<SeasonWish>, Invalid> {
    if wishes.is_empty() {
        return Err(Invalid::new("wishes", "must not be empty"));
    }
    let wishes = field::at_most("wishes", wishes, MOST_WISHES)?.iter().enumerate();
    let read = |(i, wish): (usize, &pb::SeasonWish)| {
        let slot = slot_of(round, "slot", &wish.slot).within_item("wishes", i)?;
        Ok(SeasonWish { slot, second: wish.second })
    };
    wishes.map(read).collect()
}

/// `seasonRounds/{round}/slots/{number}`.
pub(super) fn slot(field: &str, text: &str) -> Result<(SeasonRoundId, u32), Invalid> {
    let read = text.rsplit_once("/slots/").and_then(|(round, slot)| {
        let number = slot.parse().ok().filter(|number: &u32| number.to_string() == slot)?;
        Some((round.parse().ok()?, number))
    });
    let form = "must have the form `seasonRounds/{uuid}/slots/{number}`";
    read.ok_or_else(|| Invalid::new(field, form))
}

/// A slot of this round.
pub(super) fn slot_of(round: SeasonRoundId, name: &str, text: &str) -> Result<u32, Invalid> {
    match slot(name, text)? {
        (of, slot) if of == round => Ok(slot),
        _ => Err(Invalid::new(name, "must be a slot of the same round")),
    }
}

pub(super) fn budget(budget: Option<prost_types::Duration>) -> Result<Duration, Invalid> {
    let Some(budget) = budget else { return Ok(USUAL_BUDGET) };
    let budget = Duration::try_from(budget).ok();
    let budget = budget.filter(|budget| !budget.is_zero() && *budget <= LONGEST_BUDGET);
    let most = LONGEST_BUDGET.as_secs();
    budget.ok_or_else(|| Invalid::new("budget", format!("must be above 0 and at most {most} s")))
}
