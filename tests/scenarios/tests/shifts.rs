//! Evening shifts across services: a booking calls for one, a volunteer takes it through matching, and
//! whatever becomes of the booking, both sides agree. Through the real doors, on both journals.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::time::Duration;

use dugnad_harness::{
    Caller, DugnadServer, Rooms, Shifts,
    clients::{called, request_id},
};
use dugnad_proto::{
    matching::v1::{Kind, ListAssignmentsRequest, SetKindRequest, TakePlaceRequest},
    rooms::v1::{
        CancelBookingRequest, GetShiftRequest, ListOwnShiftsRequest, ListShiftsRequest,
        LogShiftRequest, SetShiftRulesRequest, Shift, ShiftLogKind, ShiftRules, ShiftStaffing,
    },
};
use dugnad_scenarios::{
    On, book, facility, hours, move_to, on_both, room,
    village::{Apart, TENANT, themselves, within},
};
use tonic::Code;
use uuid::Uuid;

const HOST: &str = "host";

on_both!(
    a_booking_makes_a_shift_that_a_volunteer_takes_and_both_sides_follow_it,
    what_happens_while_matching_is_down_is_right_on_both_sides_once_it_is_up,
);

/// A building with shifts, its clerk, and Anna who may host.
struct Evening {
    apart: Apart,
    rooms: Rooms,
    shifts: Shifts,
    facility: String,
    hall: String,
    anna: String,
}

impl Evening {
    async fn of(on: On) -> Self {
        let apart = Apart::start(on, &["volunteers", "rooms"]).await;
        let mut kari = apart.coordinator();
        let kind = Kind { code: HOST.into(), open: true, ..Default::default() };
        let request = SetKindRequest { kind: Some(kind), request_id: request_id() };
        kari.matching.set_kind(request).await.unwrap();
        let anna = kari.takes_in("Anna").await;
        let (mut rooms, mut shifts) = clerk(&apart.rest);
        let facility = facility(&mut rooms, "Kulturhuset").await;
        let hall = room(&mut rooms, &facility, "Storsalen", "").await;
        let host = ShiftStaffing { kind: HOST.into(), heads: 1, required: true };
        let rules =
            ShiftRules { horizon_days: Some(300), staffing: vec![host], ..Default::default() };
        let request = SetShiftRulesRequest {
            facility: facility.clone(),
            rules: Some(rules),
            request_id: request_id(),
        };
        shifts.set_shift_rules(request).await.unwrap();
        Self { apart, rooms, shifts, facility, hall, anna }
    }

    /// The live shifts of the building.
    async fn live(&mut self) -> Vec<Shift> {
        let request = ListShiftsRequest {
            facility: self.facility.clone(),
            first_date: date(-2),
            last_date: date(30),
            ..Default::default()
        };
        let listed = self.shifts.list_shifts(request).await.unwrap().into_inner().shifts;
        listed.into_iter().filter(|shift| !shift.dropped).collect()
    }

    /// The one live shift, once it is as `is` says.
    async fn shift(&mut self, is: impl Fn(&Shift) -> bool) -> Shift {
        within(async {
            loop {
                match &self.live().await[..] {
                    [shift] if is(shift) => return shift.clone(),
                    _ => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        })
        .await
    }

    /// Anna takes the shift, once matching has heard of it and of her.
    async fn taken_by_anna(&mut self, shift: &Shift) {
        let anna = self.anna.clone();
        let mut matching = themselves(self.apart.matching(), &anna);
        within(async {
            loop {
                let request = TakePlaceRequest {
                    need: shift.need.clone(),
                    slot: 0,
                    request_id: request_id(),
                };
                if matching.take_place(request).await.is_ok() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }

    /// Who comes by matching's own account; nobody, to a need that it has not heard of yet.
    async fn assigned(&self, need: &str) -> Vec<String> {
        let request = ListAssignmentsRequest { need: need.into(), ..Default::default() };
        match self.apart.coordinator().matching.list_assignments(request).await {
            Ok(answer) => answer.into_inner().assignments.into_iter().map(|it| it.person).collect(),
            Err(status) if status.code() == Code::NotFound => Vec::new(),
            Err(status) => panic!("{status}"),
        }
    }

    /// Waits until they and nobody else come, by matching's own account.
    async fn until_assigned(&self, need: &str, people: &[&str]) {
        within(async {
            while self.assigned(need).await != people {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }
}

fn clerk(server: &DugnadServer) -> (Rooms, Shifts) {
    let clerk = Caller::new(TENANT).acting_as("staff");
    let url = server.url().unwrap();
    (server.rooms(&clerk).unwrap(), Shifts::new(called(&url, &clerk).unwrap()))
}

fn themselves_at(server: &DugnadServer, person: &str) -> Shifts {
    let id: Uuid = person.strip_prefix("people/").unwrap().parse().unwrap();
    Shifts::new(called(&server.url().unwrap(), &Caller::known(TENANT, id)).unwrap())
}

/// So many days from the scenarios' fixed midnight.
fn date(days: i64) -> String {
    let start = hours(days * 24, days * 24 + 1).start.unwrap().seconds;
    jiff::Timestamp::from_second(start).unwrap().strftime("%Y-%m-%d").to_string()
}

fn is_hosted_by(person: &str) -> impl Fn(&Shift) -> bool {
    move |shift| shift.hosts.iter().any(|host| host.person == person)
}

async fn a_booking_makes_a_shift_that_a_volunteer_takes_and_both_sides_follow_it(on: On) {
    let mut evening = Evening::of(on).await;
    let anna = evening.anna.clone();
    let hall = evening.hall.clone();
    let booking = book(&mut evening.rooms, &hall, hours(18, 20)).await.unwrap();
    let planned = evening.shift(|_| true).await;
    evening.taken_by_anna(&planned).await;
    let hosted = evening.shift(is_hosted_by(&anna)).await;
    assert_eq!((hosted.name.as_str(), hosted.revision), (planned.name.as_str(), 1));

    // She sees it, and writes down what happens.
    let mut hers = themselves_at(&evening.apart.rest, &anna);
    let own = hers.list_own_shifts(ListOwnShiftsRequest {}).await.unwrap().into_inner().shifts;
    assert_eq!(own.iter().map(|it| &it.name).collect::<Vec<_>>(), [&planned.name]);
    let log = LogShiftRequest {
        name: planned.name.clone(),
        kind: ShiftLogKind::Deviation.into(),
        text: "Branndøra sto åpen".into(),
        request_id: request_id(),
        ..Default::default()
    };
    hers.log_shift(log).await.unwrap();

    // The booking moves by an hour: she stays. By a day: the shift is another, and she is free.
    move_to(&mut evening.rooms, &booking.name, hours(19, 21)).await.unwrap();
    let moved = evening.shift(|shift| shift.revision == 2 && is_hosted_by(&anna)(shift)).await;
    evening.until_assigned(&moved.need, &[&anna]).await;
    assert!(evening.assigned(&planned.need).await.is_empty());
    assert_eq!(moved.name, planned.name, "the shift goes on");

    move_to(&mut evening.rooms, &booking.name, hours(48 + 18, 48 + 20)).await.unwrap();
    let other = evening.shift(|shift| shift.name != planned.name).await;
    assert!(other.hosts.is_empty(), "nobody was asked whether they can come then");
    evening.until_assigned(&moved.need, &[]).await;
    let request = GetShiftRequest { name: planned.name };
    let old = evening.shifts.get_shift(request).await.unwrap().into_inner().shift.unwrap();
    assert!(old.dropped);
    assert_eq!(old.log[0].text, "Branndøra sto åpen", "what happened stays");

    // Given back, it calls for nobody.
    let cancel =
        CancelBookingRequest { name: booking.name, request_id: request_id(), ..Default::default() };
    evening.rooms.cancel_booking(cancel).await.unwrap();
    within(async {
        while !evening.live().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

async fn what_happens_while_matching_is_down_is_right_on_both_sides_once_it_is_up(on: On) {
    let mut evening = Evening::of(on).await;
    let anna = evening.anna.clone();
    let hall = evening.hall.clone();
    let booking = book(&mut evening.rooms, &hall, hours(18, 20)).await.unwrap();
    let planned = evening.shift(|_| true).await;
    evening.taken_by_anna(&planned).await;
    evening.shift(is_hosted_by(&anna)).await;

    evening.apart.matching_goes_down().await;
    move_to(&mut evening.rooms, &booking.name, hours(18, 21)).await.unwrap();
    let changed = evening.shift(|shift| shift.revision == 2).await;
    if on == On::Nats {
        assert!(is_hosted_by(&anna)(&changed), "known until matching says otherwise");
    }
    let later = book(&mut evening.rooms, &hall, hours(24 + 18, 24 + 20)).await.unwrap();
    evening.apart.matching_comes_up().await;
    (evening.rooms, evening.shifts) = clerk(&evening.apart.rest);

    evening.until_assigned(&changed.need, &[&anna]).await;
    assert!(evening.assigned(&planned.need).await.is_empty());
    within(async {
        loop {
            let live = evening.live().await;
            let hosted: Vec<_> = live.iter().map(|shift| shift.hosts.len()).collect();
            if hosted == [1, 0] {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let second = evening.live().await.remove(1);
    evening.taken_by_anna(&second).await;
    assert_eq!(later.room, hall);
}
