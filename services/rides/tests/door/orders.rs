//! Standing orders: dates that are promised, dates that cannot be, and the horizon that moves on.

use dugnad_proto::rides::v1 as pb;

use crate::town::{Town, field, person, reason, stamp, trip, window};

const A_DAY: i64 = 24 * 60;

async fn drives(town: &Town, day: i64) {
    let shift = pb::Shift {
        driver: person("dag").to_string(),
        hours: Some(window(day * A_DAY + 60, day * A_DAY + 540)),
        ..Default::default()
    };
    let request = pb::CreateShiftRequest { shift: Some(shift), request_id: town.id() };
    town.staff().create_shift(request).await.unwrap();
}

async fn order(town: &Town, rrule: &str) -> pb::StandingOrder {
    let order = pb::StandingOrder {
        trip: Some(trip("anna", 10, 30, 180)),
        home_after: Some(stamp(300)),
        rrule: rrule.to_owned(),
        ..Default::default()
    };
    let request = pb::CreateStandingOrderRequest { order: Some(order), request_id: town.id() };
    town.staff().create_standing_order(request).await.unwrap().into_inner().order.unwrap()
}

async fn seen(town: &Town, name: &str) -> pb::StandingOrder {
    let request = pb::GetStandingOrderRequest { name: name.to_owned() };
    town.staff().get_standing_order(request).await.unwrap().into_inner().order.unwrap()
}

#[tokio::test]
async fn each_date_is_promised_or_listed_with_its_reason_and_tried_again_when_somebody_drives() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 540]).await;
    drives(&town, 2).await;

    let made = order(&town, "FREQ=DAILY;COUNT=3").await;

    let of = |order: &pb::StandingOrder| -> Vec<(usize, String)> {
        order.dates.iter().map(|date| (date.rides.len(), date.reason.clone())).collect()
    };
    let none = String::new();
    assert_eq!(of(&made), [(2, none.clone()), (0, "NO_SHIFT".to_owned()), (2, none.clone())]);
    assert_eq!(made.dates[0].rides[0].standing_order, made.name);
    drives(&town, 1).await;
    town.dispatcher.look_after(&town.tenant).await.unwrap();
    assert_eq!(
        of(&seen(&town, &made.name).await),
        [(2, none.clone()), (2, none.clone()), (2, none)]
    );
    town.holds().await;
}

#[tokio::test]
async fn further_dates_are_promised_as_the_horizon_moves_on() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 540]).await;
    drives(&town, 21).await;

    let made = order(&town, "FREQ=WEEKLY;INTERVAL=3").await;
    town.clock(8 * A_DAY);
    town.dispatcher.look_after(&town.tenant).await.unwrap();

    assert_eq!(made.dates.len(), 1);
    let dates = seen(&town, &made.name).await.dates;
    assert_eq!((dates.len(), dates[1].day.as_str(), dates[1].rides.len()), (2, "2026-12-14", 2));
}

#[tokio::test]
async fn an_order_that_ends_calls_off_what_comes_after() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 540]).await;
    drives(&town, 1).await;
    let made = order(&town, "FREQ=DAILY").await;
    let end = pb::EndStandingOrderRequest {
        name: made.name.clone(),
        on: "2026-11-23".to_owned(),
        request_id: town.id(),
    };
    let refused = town.themselves("berit").end_standing_order(end.clone()).await.unwrap_err();

    let ended = town.themselves("anna").end_standing_order(end).await.unwrap().into_inner();

    assert_eq!(reason(&refused), "NOT_YOURS");
    let ended = ended.order.unwrap();
    let states: Vec<_> =
        ended.dates.iter().flat_map(|date| &date.rides).map(pb::Ride::state).collect();
    use pb::RideState::{Cancelled, Promised};
    assert_eq!(states, [Promised, Promised, Cancelled, Cancelled]);
    assert_eq!(ended.until, "2026-11-23");
}

#[tokio::test]
async fn a_rule_that_is_none_is_refused_by_its_field() {
    let town = Town::open().await;
    for rrule in ["", "EVERY TUESDAY", "FREQ=DAILY;UNTIL=20200101T000000Z"] {
        let order = pb::StandingOrder {
            trip: Some(trip("anna", 10, 30, 180)),
            rrule: rrule.to_owned(),
            ..Default::default()
        };
        let request = pb::CreateStandingOrderRequest { order: Some(order), request_id: town.id() };
        let refused = town.staff().create_standing_order(request).await.unwrap_err();
        assert_eq!(field(&refused), "order.rrule", "{rrule}");
    }
}
