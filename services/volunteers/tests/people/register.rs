//! Signing up, being admitted, changing, resting, leaving.

use dugnad_proto::volunteers::v1 as pb;
use tonic::Code;

use crate::town::{Town, details, field, name, person, refused, words};

#[tokio::test]
async fn a_volunteer_signs_up_in_one_call_with_a_name_and_a_telephone_number() {
    let town = Town::open().await;
    let request = pb::SignUpRequest {
        details: Some(details("Kari Nordmann")),
        request_id: town.id(),
        ..Default::default()
    };

    let answer = town.themselves("kari").sign_up(request.clone()).await.unwrap().into_inner();

    let made = answer.person.clone().unwrap();
    assert_eq!((made.name.as_str(), made.etag.as_str()), (name("kari").as_str(), "1"));
    assert_eq!(
        (made.state(), made.registered.as_str()),
        (pb::PersonState::Applicant, "2026-11-22")
    );
    assert_eq!(made.details, request.details);
    assert_eq!(made.giver, Some(pb::Giver::default()));
    let own = town.get(&mut town.themselves("kari"), "kari", pb::Purpose::Own).await.unwrap();
    assert_eq!(own, made);
}

#[tokio::test]
async fn a_repeated_sign_up_gets_its_first_answer_also_on_a_later_day_with_a_date_of_birth() {
    let town = Town::open().await;
    let mut request = town.sign_up(pb::Giver { standing: true, ..Default::default() });
    request.details.as_mut().unwrap().born = "2008-12-24".to_owned();
    request.details.as_mut().unwrap().gender = pb::Gender::Female.into();
    let mut kari = town.themselves("kari");
    let first = kari.sign_up(request.clone()).await.unwrap().into_inner();
    let admit = pb::AdmitRequest { person: name("kari"), request_id: town.id() };
    town.coordinator().admit(admit).await.unwrap();
    town.it_is("2026-12-15T10:00");

    let again = kari.sign_up(request).await.unwrap().into_inner();

    assert_eq!(again, first);
    assert_eq!(again.person.unwrap().state(), pb::PersonState::Applicant);
}

#[tokio::test]
async fn a_coordinator_writes_somebody_down_and_a_retry_makes_nobody_else() {
    let town = Town::open().await;
    let mut cora = town.coordinator();
    let request = town.sign_up(pb::Giver::default());

    let first = cora.sign_up(request.clone()).await.unwrap().into_inner().person.unwrap();
    let again = cora.sign_up(request).await.unwrap().into_inner().person.unwrap();

    assert_eq!(first, again);
    let listed = cora.list_people(pb::ListPeopleRequest::default()).await.unwrap().into_inner();
    let names: Vec<_> = listed.people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names, [first.name.as_str()]);
}

#[tokio::test]
async fn nobody_signs_up_twice_or_for_somebody_else() {
    let town = Town::open().await;
    town.applicant("kari").await;

    let twice = town.themselves("kari").sign_up(town.sign_up(pb::Giver::default())).await;
    let other = pb::SignUpRequest { person: name("ola"), ..town.sign_up(pb::Giver::default()) };
    let for_other = town.themselves("kari").sign_up(other.clone()).await;
    let by_staff = town.staff().sign_up(other).await;

    assert_eq!(refused(twice), (Code::FailedPrecondition, "ALREADY_REGISTERED".to_owned()));
    assert_eq!(refused(for_other), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
    assert_eq!(refused(by_staff), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
}

#[tokio::test]
async fn experiences_are_kept_only_with_explicit_consent() {
    let town = Town::open().await;
    let mut kari = town.themselves("kari");
    let giver = |experiences: &[&str]| {
        let experiences = words(experiences);
        Some(pb::Giver { experiences, ..Default::default() })
    };
    let without =
        pb::SignUpRequest { giver: giver(&["grief"]), ..town.sign_up(Default::default()) };
    let outcome = kari.sign_up(without.clone()).await;
    assert_eq!(refused(outcome), (Code::FailedPrecondition, "CONSENT_MISSING".to_owned()));
    let with = pb::SignUpRequest { experiences_consent: true, ..without };
    kari.sign_up(with).await.unwrap();

    let update = |experiences| pb::UpdatePersonRequest {
        giver: giver(experiences),
        request_id: town.id(),
        ..updating("kari", &["giver"])
    };
    let kept = kari.update_person(update(&["grief"])).await;
    let more = kari.update_person(update(&["grief", "cancer"])).await;

    kept.unwrap();
    assert_eq!(refused(more), (Code::FailedPrecondition, "CONSENT_MISSING".to_owned()));
}

#[tokio::test]
async fn an_update_on_what_was_no_longer_so_is_refused_and_says_what_is() {
    let town = Town::open().await;
    town.applicant("kari").await;
    let mut kari = town.themselves("kari");
    let update = |etag: &str, display_name: &str| pb::UpdatePersonRequest {
        details: Some(details(display_name)),
        giver: Some(pb::Giver { standing: true, ..Default::default() }),
        etag: etag.to_owned(),
        request_id: town.id(),
        ..updating("kari", &["details", "giver"])
    };
    let request = update("1", "Kari Nilsen");
    let first = kari.update_person(request.clone()).await.unwrap().into_inner();

    let late = kari.update_person(update("1", "Kari Hansen")).await.unwrap_err();
    let again = kari.update_person(request).await.unwrap().into_inner();
    let next = kari.update_person(update(&first.etag, "Kari Berg")).await;

    assert_eq!(again, first);
    assert_eq!(refused::<()>(Err(late)), (Code::Aborted, "STALE".to_owned()));
    next.unwrap();
    let own = town.get(&mut kari, "kari", pb::Purpose::Own).await.unwrap();
    assert_eq!(own.details.unwrap().display_name, "Kari Berg");
    assert!(own.giver.unwrap().standing);
}

#[tokio::test]
async fn staff_change_what_receivers_receive_but_not_what_anybody_gives() {
    let town = Town::open().await;
    town.receiver("rut", pb::Receiver::default()).await;
    town.applicant("kari").await;
    let mut stian = town.staff();
    let update = |who: &str, paths: &[&str]| pb::UpdatePersonRequest {
        receiver: Some(pb::Receiver { ride_needs: words(&["ramp"]), ..Default::default() }),
        details: Some(details("Rut")),
        request_id: town.id(),
        ..updating(who, paths)
    };

    let (own, giver) = (update("rut", &["receiver"]), update("rut", &["giver"]));
    let stranger = update("kari", &["details"]);
    stian.update_person(own).await.unwrap();

    for request in [giver, stranger] {
        let outcome = stian.update_person(request).await;
        assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
    }
    let rut = town.get(&mut stian, "rut", pb::Purpose::Register).await.unwrap();
    assert_eq!(rut.receiver.unwrap().ride_needs, words(&["ramp"]));
}

#[tokio::test]
async fn an_admitted_volunteer_rests_for_some_days_and_is_back_by_the_clock() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let mut kari = town.themselves("kari");
    let (from, until) = ("2026-11-25".to_owned(), "2026-11-30".to_owned());
    let request = pb::SetPauseRequest {
        person: name("kari"),
        pause: Some(pb::Pause { from, until }),
        request_id: town.id(),
    };
    kari.set_pause(request).await.unwrap();

    let mut states = Vec::new();
    for now in ["2026-11-24T23:59", "2026-11-25T00:00", "2026-11-30T23:59", "2026-12-01T00:00"] {
        town.it_is(now);
        states.push(town.get(&mut kari, "kari", pb::Purpose::Own).await.unwrap().state());
    }

    let (active, paused) = (pb::PersonState::Active, pb::PersonState::Paused);
    assert_eq!(states, [active, paused, paused, active]);
}

#[tokio::test]
async fn availability_is_shown_as_it_was_set() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let mut kari = town.themselves("kari");
    let window = |opens: &str, closes: &str| pb::LocalWindow {
        opens: opens.to_owned(),
        closes: closes.to_owned(),
    };
    let exception = |date: &str, windows| pb::opening_hours::Exception {
        date: date.to_owned(),
        windows,
        reason: String::new(),
    };
    let day = |weekday, windows| pb::opening_hours::Day { weekday, windows };
    let hours = pb::OpeningHours {
        days: (1..=7)
            .map(|it| day(it, vec![window("17:00", "21:00"); usize::from(it == 2)]))
            .collect(),
        exceptions: vec![
            exception("2026-12-05", vec![window("10:00", "24:00")]),
            exception("2026-12-08", vec![]),
        ],
    };
    let request = pb::SetAvailabilityRequest {
        person: name("kari"),
        availability: Some(pb::Availability { time_zone: String::new(), hours: Some(hours) }),
        request_id: town.id(),
    };

    let set = kari.set_availability(request.clone()).await.unwrap().into_inner().availability;

    let own = town.get(&mut kari, "kari", pb::Purpose::Own).await.unwrap();
    assert_eq!(own.availability, set);
    assert_eq!(set.as_ref().unwrap().hours, request.availability.unwrap().hours);
    assert_eq!(set.unwrap().time_zone, "Europe/Oslo");
}

#[tokio::test]
async fn only_who_gives_is_admitted_rests_or_has_hours() {
    let town = Town::open().await;
    town.receiver("rut", pb::Receiver::default()).await;
    let mut cora = town.coordinator();
    let (person, request_id) = (name("rut"), town.id());

    let admit = pb::AdmitRequest { person: person.clone(), request_id: request_id.clone() };
    let admit = cora.admit(admit).await.map(drop);
    let pause =
        pb::SetPauseRequest { person: person.clone(), pause: None, request_id: request_id.clone() };
    let pause = cora.set_pause(pause).await.map(drop);
    let hours = pb::SetAvailabilityRequest {
        person: person.clone(),
        availability: None,
        request_id: request_id.clone(),
    };
    let hours = cora.set_availability(hours).await.map(drop);
    let support = pb::SetSupportRequest { person, support: "tid".to_owned(), request_id };
    let support = cora.set_support(support).await.map(drop);

    for outcome in [admit, pause, hours, support] {
        assert_eq!(refused(outcome), (Code::FailedPrecondition, "NOT_A_GIVER".to_owned()));
    }
}

#[tokio::test]
async fn whoever_left_can_be_taken_back_in() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let mut kari = town.themselves("kari");
    let leave = || pb::LeaveRequest { person: name("kari"), request_id: town.id() };
    kari.leave(leave()).await.unwrap();
    kari.leave(leave()).await.unwrap();
    let left = town.get(&mut kari, "kari", pb::Purpose::Own).await.unwrap();

    let admit = pb::AdmitRequest { person: name("kari"), request_id: town.id() };
    town.coordinator().admit(admit).await.unwrap();

    assert_eq!((left.state(), left.left.as_str()), (pb::PersonState::Left, "2026-11-22"));
    let back = town.get(&mut kari, "kari", pb::Purpose::Own).await.unwrap();
    assert_eq!((back.state(), back.left.as_str()), (pb::PersonState::Active, ""));
}

#[tokio::test]
async fn nobody_but_the_person_or_a_coordinator_changes_a_volunteer() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let (kari, request_id) = (name("kari"), town.id());
    let pause = pb::SetPauseRequest { person: kari.clone(), pause: None, request_id };
    for mut other in [town.themselves("ola"), town.staff()] {
        let outcome = other.set_pause(pause.clone()).await;
        assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
        let leave = pb::LeaveRequest { person: kari.clone(), request_id: town.id() };
        let outcome = other.leave(leave).await;
        assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
        let admit = pb::AdmitRequest { person: kari.clone(), request_id: town.id() };
        let outcome = other.admit(admit).await;
        assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
    }
    let admit = pb::AdmitRequest { person: name("nobody"), request_id: town.id() };
    let outcome = town.coordinator().admit(admit).await;
    assert_eq!(refused(outcome), (Code::NotFound, "NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn bad_fields_of_a_sign_up_are_named() {
    let town = Town::open().await;
    let mut kari = town.themselves("kari");
    let with = |change: fn(&mut pb::Details, &mut pb::Giver)| {
        let mut request = town.sign_up(pb::Giver::default());
        change(request.details.as_mut().unwrap(), request.giver.as_mut().unwrap());
        request
    };
    for (change, path) in [
        (
            (|it, _| it.display_name = " ".to_owned()) as fn(&mut pb::Details, &mut pb::Giver),
            "details.display_name",
        ),
        (|it, _| it.phone.clear(), "details.phone"),
        (|it, _| it.phone = "ring meg".to_owned(), "details.phone"),
        (|it, _| it.phone = "1".repeat(16), "details.phone"),
        (|it, _| it.email = "kari".to_owned(), "details.email"),
        (|it, _| it.email = "kari @x.no".to_owned(), "details.email"),
        (|it, _| it.born = "24.12.2008".to_owned(), "details.born"),
        (|it, _| it.born = "2026-11-23".to_owned(), "details.born"),
        (|it, _| it.gender = 9, "details.gender"),
        (|it, _| it.channel = 9, "details.channel"),
        (|it, _| it.language = "se".to_owned(), "details.language"),
        (|it, _| it.quiet_hours = "21-08".to_owned(), "details.quiet_hours"),
        (|it, _| it.remarks = "x".repeat(2001), "details.remarks"),
        (|_, it| it.interests = words(&["Å gå tur"]), "giver.interests[0]"),
        (|_, it| it.skills = words(&["piano", "piano"]), "giver.skills[1]"),
        (|_, it| it.languages = (0..51).map(|i| format!("l{i}")).collect(), "giver.languages"),
        (|_, it| it.reach_km = -1, "giver.reach_km"),
        (|_, it| it.car_seats = Some(51), "giver.car_seats"),
        (|_, it| it.most_a_week = Some(0), "giver.most_a_week"),
        (|_, it| it.area = "Å".to_owned(), "giver.area"),
    ] {
        let outcome = kari.sign_up(with(change)).await;
        assert_eq!(field(outcome), path);
    }
    let nameless = pb::SignUpRequest { details: None, ..town.sign_up(pb::Giver::default()) };
    assert_eq!(field(kari.sign_up(nameless).await), "details");
    let mask = pb::UpdatePersonRequest { request_id: town.id(), ..updating("kari", &["name"]) };
    assert_eq!(field(kari.update_person(mask).await), "update_mask");
    assert!(town.vault.cached_key("drammen", person("kari")).is_none(), "nothing was sealed");
}

#[tokio::test]
async fn a_unit_has_a_contact_and_a_deputy_who_are_in_the_register() {
    let town = Town::open().await;
    town.contact("siri").await;
    town.contact("sam").await;
    let mut cora = town.coordinator();
    let unit = |contact: &str, deputy: &str| {
        let unit = pb::Unit {
            display_name: "Solgården".to_owned(),
            contact: name(contact),
            deputy: name(deputy),
            ..Default::default()
        };
        pb::SetUnitRequest { unit: Some(unit), request_id: town.id() }
    };
    let made = cora.set_unit(unit("siri", "sam")).await.unwrap().into_inner().unit.unwrap();

    let nobody = cora.set_unit(unit("siri", "nobody")).await;
    let both = cora.set_unit(unit("siri", "siri")).await;
    let mut renamed = pb::SetUnitRequest { unit: Some(made.clone()), request_id: town.id() };
    renamed.unit.as_mut().unwrap().display_name = "Solhaugen".to_owned();
    cora.set_unit(renamed.clone()).await.unwrap();

    assert_eq!(refused(nobody), (Code::NotFound, "NOT_FOUND".to_owned()));
    assert_eq!(field(both), "unit.deputy");
    let listed = town.staff().list_units(pb::ListUnitsRequest::default()).await.unwrap();
    assert_eq!(listed.into_inner().units, [renamed.unit.unwrap()]);
    let by_staff = town.staff().set_unit(unit("siri", "sam")).await;
    assert_eq!(refused(by_staff), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
}

/// An update that names these parts and holds none.
fn updating(who: &str, paths: &[&str]) -> pb::UpdatePersonRequest {
    let update_mask = Some(prost_types::FieldMask { paths: words(paths) });
    pb::UpdatePersonRequest { person: name(who), update_mask, ..Default::default() }
}
