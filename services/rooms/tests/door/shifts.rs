//! Evening shifts through the door: rules, who sees what, what happens on them, every refusal.

use dugnad_events::{AssignmentId, ShiftId};
use dugnad_proto::rooms::v1::{self as pb, BookingState, ShiftLogKind, UnhostedAction};
use dugnad_rooms::model::{Command, ShiftCommand};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::town::{Client, Shifts, Town, booking, evening, id, moved, person, reason};

fn school(town: &Town) -> String {
    town.hall.split("/rooms/").next().unwrap().to_owned()
}

fn hosts(heads: i32) -> pb::ShiftRules {
    let host = pb::ShiftStaffing { kind: "host".to_owned(), heads, required: true };
    pb::ShiftRules {
        staffing: vec![host],
        horizon_days: Some(200),
        deadline_hours: 6,
        unhosted: UnhostedAction::Release.into(),
        ..Default::default()
    }
}

async fn set(town: &Town, rules: pb::ShiftRules) -> Result<pb::ShiftRules, Status> {
    let (facility, request_id) = (school(town), id());
    let request = pb::SetShiftRulesRequest { facility, rules: Some(rules), request_id };
    let answer = town.shifts("clerk", "staff").set_shift_rules(request).await?;
    Ok(answer.into_inner().rules.unwrap())
}

async fn live(town: &Town) -> Vec<pb::Shift> {
    let request = pb::ListShiftsRequest {
        facility: school(town),
        first_date: date(-3),
        last_date: date(20),
        ..Default::default()
    };
    let listed = town.shifts("clerk", "staff").list_shifts(request).await.unwrap();
    listed.into_inner().shifts.into_iter().filter(|shift| !shift.dropped).collect()
}

fn date(day: i64) -> String {
    let at = evening(day).start.unwrap().seconds;
    jiff::Timestamp::from_second(at).unwrap().strftime("%Y-%m-%d").to_string()
}

/// The one shift of an evening that kari booked.
async fn booked(town: &Town, heads: i32) -> (Client, pb::Booking, pb::Shift) {
    set(town, hosts(heads)).await.unwrap();
    let mut kari = town.client(person("kari"));
    let made = town.book(&mut kari, &town.hall, 0).await;
    // The day is derived by the time that anything is looked at.
    town.later(0).await;
    let shift = live(town).await.remove(0);
    (kari, made, shift)
}

/// Matching says who comes.
async fn comes(town: &Town, shift: &pb::Shift, who: &str) -> String {
    let of: ShiftId = shift.name.parse().unwrap();
    let assignment = AssignmentId(Uuid::new_v5(&Uuid::nil(), who.as_bytes()));
    let need = of.need(u32::try_from(shift.revision).unwrap());
    let person = person(who);
    town.heard(Command::Shift(ShiftCommand::Found { need, assignment, person })).await;
    assignment.to_string()
}

async fn get(shifts: &mut Shifts, name: &str) -> Result<pb::Shift, Status> {
    let request = pb::GetShiftRequest { name: name.to_owned() };
    Ok(shifts.get_shift(request).await?.into_inner().shift.unwrap())
}

fn log(name: &str, about: &str, text: &str) -> pb::LogShiftRequest {
    let (name, about, text) = (name.to_owned(), about.to_owned(), text.to_owned());
    let kind = ShiftLogKind::Deviation.into();
    pb::LogShiftRequest { name, kind, about, text, request_id: id() }
}

#[tokio::test]
async fn rules_are_shown_as_they_were_written_and_bad_ones_are_named() {
    let town = Town::open().await;
    let rules = pb::ShiftRules {
        hours: vec![pb::ShiftHours {
            weekdays: vec![pb::Weekday::Monday.into(), pb::Weekday::Friday.into()],
            hours: Some(pb::LocalWindow { opens: "16:00".to_owned(), closes: "24:00".to_owned() }),
        }],
        purpose_kinds: vec!["party".to_owned()],
        ..hosts(1)
    };

    let shown = set(&town, rules.clone()).await.unwrap();

    let usual = (shown.before_minutes, shown.after_minutes, shown.longest_minutes);
    assert_eq!(usual, (Some(15), Some(30), Some(300)));
    assert_eq!((&shown.hours, &shown.purpose_kinds), (&rules.hours, &rules.purpose_kinds));
    let request = pb::GetShiftRulesRequest { facility: school(&town) };
    let read = town.shifts("clerk", "staff").get_shift_rules(request).await.unwrap();
    assert_eq!(read.into_inner().rules, Some(shown));
    let twice = vec![hosts(1).staffing[0].clone(), hosts(2).staffing[0].clone()];
    for (bad, field) in [
        (pb::ShiftRules { deadline_hours: 0, ..hosts(1) }, "rules.unhosted"),
        (pb::ShiftRules { staffing: twice, ..hosts(1) }, "rules.staffing[1].kind"),
        (pb::ShiftRules { horizon_days: Some(301), ..hosts(1) }, "rules.horizon_days"),
        (hosts(21), "rules.staffing[0].heads"),
    ] {
        let bad = set(&town, bad).await.unwrap_err().get_details_bad_request().unwrap();
        assert_eq!(bad.field_violations[0].field, field);
    }
}

#[tokio::test]
async fn a_shift_follows_its_booking_and_is_seen_by_staff_and_who_hosts_it() {
    let town = Town::open().await;
    let (mut kari, made, shift) = booked(&town, 1).await;
    let (mut ola, mut ada) = (town.shifts("ola", "person"), town.shifts("ada", "person"));
    assert_eq!(get(&mut ola, &shift.name).await.unwrap_err().code(), Code::NotFound);
    comes(&town, &shift, "ola").await;

    let seen = get(&mut ola, &shift.name).await.unwrap();
    let span = |it: &pb::Interval| (it.start.unwrap().seconds, it.end.unwrap().seconds);
    let (start, end) = span(&evening(0));
    assert_eq!(span(&seen.interval.unwrap()), (start - 15 * 60, end + 30 * 60));
    assert_eq!(seen.hosts[0].person, person("ola").to_string());
    assert_eq!(get(&mut ada, &shift.name).await.unwrap_err().code(), Code::NotFound);
    let own = ola.list_own_shifts(pb::ListOwnShiftsRequest {}).await.unwrap().into_inner();
    assert_eq!(own.shifts.len(), 1);
    let list = pb::ListShiftsRequest { facility: school(&town), ..Default::default() };
    assert_eq!(ola.list_shifts(list).await.unwrap_err().code(), Code::PermissionDenied);
    kari.move_booking(moved(&made.name, "", 4)).await.unwrap();
    town.later(0).await;
    let other = live(&town).await.remove(0);
    assert!(other.name != shift.name && other.hosts.is_empty());
    let refused = ola.log_shift(log(&shift.name, "", "Igjen")).await.unwrap_err();
    assert_eq!(reason(&refused), "SHIFT_DROPPED");
}

#[tokio::test]
async fn what_is_about_a_person_is_shown_to_staff_and_the_author_and_goes_with_the_person() {
    let town = Town::open().await;
    let (mut kari, _, shift) = booked(&town, 2).await;
    comes(&town, &shift, "ola").await;
    comes(&town, &shift, "ada").await;
    let mut ola = town.shifts("ola", "person");
    let about = person("kari").to_string();
    ola.log_shift(log(&shift.name, &about, "Røykte inne")).await.unwrap();
    ola.log_shift(log(&shift.name, "", "Lyset er ødelagt")).await.unwrap();

    for (who, role, texts) in [
        ("ola", "person", ["Røykte inne", "Lyset er ødelagt"]),
        ("clerk", "staff", ["Røykte inne", "Lyset er ødelagt"]),
        ("ada", "person", ["", "Lyset er ødelagt"]),
    ] {
        let seen = get(&mut town.shifts(who, role), &shift.name).await.unwrap();
        assert_eq!(seen.log.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), texts, "{who}");
        assert_eq!(seen.log[0].about.is_empty(), who == "ada");
    }
    let held = dugnad_rooms::held(&town.ledger, &town.vault, &town.tenant, person("kari"));
    assert!(held.await.unwrap()["shifts"].to_string().contains("Røykte inne"));

    kari.erase_person(super::erasure(person("kari"))).await.unwrap();
    let seen = get(&mut ola, &shift.name).await.unwrap();
    assert_eq!((seen.log[0].text.as_str(), seen.log[0].about.as_str()), ("", ""));
    let again = ola.log_shift(log(&shift.name, &about, "Igjen")).await.unwrap_err();
    assert_eq!(reason(&again), "PERSON_ERASED");
}

#[tokio::test]
async fn a_shift_is_handed_over_and_whoever_does_not_come_is_missed() {
    let town = Town::open().await;
    let (_, _, shift) = booked(&town, 2).await;
    let name = shift.name.clone();
    comes(&town, &shift, "ola").await;
    let adas = comes(&town, &shift, "ada").await;
    let (mut ola, mut ada) = (town.shifts("ola", "person"), town.shifts("ada", "person"));
    let hand_over = |to: &str| pb::HandOverShiftRequest {
        name: name.clone(),
        to: person(to).to_string(),
        text: "Nøkkelen ligger i skapet".to_owned(),
        request_id: id(),
    };
    let take = || pb::TakeOverShiftRequest { name: name.clone(), request_id: id() };
    let missed = |assignment: &str| pb::ReportNoShowRequest {
        name: name.clone(),
        assignment: assignment.to_owned(),
        request_id: id(),
    };

    let refused = ola.hand_over_shift(hand_over("per")).await.unwrap_err();
    assert_eq!(reason(&refused), "NOT_AMONG_HOSTS");
    let per = town.shifts("per", "person").hand_over_shift(hand_over("ada")).await.unwrap_err();
    assert_eq!(reason(&per), "NOT_A_HOST");
    assert_eq!(reason(&ada.take_over_shift(take()).await.unwrap_err()), "NOT_HANDED_OVER");
    ola.hand_over_shift(hand_over("ada")).await.unwrap();
    let taken = ada.take_over_shift(take()).await.unwrap().into_inner().shift.unwrap();
    assert_eq!(taken.in_charge, person("ada").to_string());
    assert_eq!(taken.log[0].text, "Nøkkelen ligger i skapet");
    let not_hers = ola.hand_over_shift(hand_over("ada")).await.unwrap_err();
    assert_eq!(reason(&not_hers), "NOT_IN_CHARGE");
    let early = ola.report_no_show(missed(&adas)).await.unwrap_err();
    assert_eq!(reason(&early), "SHIFT_NOT_BEGUN");

    town.later(minutes_until(&shift) + 1).await;
    let seen = ola.report_no_show(missed(&adas)).await.unwrap().into_inner().shift.unwrap();
    assert_eq!(seen.hosts.iter().filter(|host| host.missed).count(), 1);
    let unknown = format!("assignments/{}", Uuid::nil());
    assert_eq!(ola.report_no_show(missed(&unknown)).await.unwrap_err().code(), Code::NotFound);
}

fn minutes_until(shift: &pb::Shift) -> i64 {
    let start = shift.interval.unwrap().start.unwrap().seconds;
    let millis = dugnad_ledger::RequestId::new(Uuid::now_v7()).unwrap().millis();
    (start - millis / 1000) / 60
}

#[tokio::test]
async fn a_deadline_without_a_host_releases_the_bookings_and_tells_why() {
    let town = Town::open().await;
    let (mut kari, made, shift) = booked(&town, 1).await;

    town.later(minutes_until(&shift) - 6 * 60 + 1).await;

    let booking = town.get(&mut kari, &made.name).await;
    assert_eq!(booking.state(), BookingState::Unhosted);
    assert!(!booking.cancel_reason.is_empty());
    assert!(live(&town).await.is_empty());
    let later = booking_after(&town, &mut kari).await;
    assert_eq!(later.state(), BookingState::Confirmed, "the room can be booked again");
}

async fn booking_after(town: &Town, kari: &mut Client) -> pb::Booking {
    let answer = kari.create_booking(booking(&town.hall, 3, "Øvelse")).await.unwrap();
    answer.into_inner().booking.unwrap()
}
