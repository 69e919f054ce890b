//! Hours through the door.

use dugnad_proto::volunteers::v1 as pb;

use crate::{
    asking::*,
    town::{Town, name, refused},
};

#[tokio::test]
async fn hours_are_logged_listed_struck_and_summed() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    set_role(&town, "gå tur", pb::Requirements::default()).await;
    let mut kari = own(&town, "kari");
    let request = hours(&town, "kari", "2026-10-31", 90);
    let first = kari.log_hours(request.clone()).await.unwrap().into_inner();
    coordinator(&town).log_hours(hours(&town, "kari", TODAY, 60)).await.unwrap();
    let wrong = kari.log_hours(hours(&town, "kari", TODAY, 600)).await.unwrap().into_inner();
    let list = pb::ListHoursRequest { person: name("kari"), ..Default::default() };
    let before = kari.list_hours(list.clone()).await.unwrap().into_inner().entries;

    let (person, entry) = (name("kari"), wrong.entry.unwrap().name);
    let strike = pb::StrikeHoursRequest { person, name: entry, request_id: town.id() };
    kari.strike_hours(strike.clone()).await.unwrap();
    kari.strike_hours(strike.clone()).await.unwrap();

    let after = kari.list_hours(list).await.unwrap().into_inner().entries;
    assert_eq!((before.len(), after.len()), (3, 2), "repeated, it is struck once");
    assert_eq!(kari.log_hours(request).await.unwrap().into_inner(), first, "repeated");
    let anew = pb::StrikeHoursRequest { request_id: town.id(), ..strike };
    assert_eq!(refused(kari.strike_hours(anew).await).1, "NOT_FOUND");
    let (start_date, end_date) = ("2026-01-01".to_owned(), TODAY.to_owned());
    let request = pb::SummariseHoursRequest { person: name("kari"), start_date, end_date };
    let sums = kari.summarise_hours(request).await.unwrap().into_inner();
    let of = |sums: &[pb::summarise_hours_response::Sum]| {
        let sum = |it: &pb::summarise_hours_response::Sum| {
            (it.of.clone(), it.duration.unwrap().seconds / 60)
        };
        sums.iter().map(sum).collect::<Vec<_>>()
    };
    assert_eq!(sums.total.unwrap().seconds, 150 * 60);
    assert_eq!(sums.last_year, sums.total);
    assert_eq!(of(&sums.by_role), [("roles/visitor".to_owned(), 150)]);
    assert_eq!(of(&sums.by_organisation), [(String::new(), 150)]);
    assert_eq!(of(&sums.by_month), [("2026-10".to_owned(), 90), ("2026-11".to_owned(), 60)]);
}

#[tokio::test]
async fn a_day_that_is_full_takes_no_more() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    set_role(&town, "gå tur", pb::Requirements::default()).await;
    let mut kari = own(&town, "kari");
    kari.log_hours(hours(&town, "kari", TODAY, 24 * 60)).await.unwrap();

    let outcome = kari.log_hours(hours(&town, "kari", TODAY, 1)).await;

    assert_eq!(refused(outcome).1, "DAY_FULL");
}
