//! Doors: what opens one is told in time, by the channel that the rule allows, and stands nowhere
//! else; and a person hears when a lock does not do as told.

use dugnad_events::{
    BookingId, CodeId, DoorId, FacilityId,
    notices::{Channel, Preference},
    rooms::{Bridge, Digits, Door, DoorEvent, Event, Fallback, Lock, Removal, Said, Word},
    volunteers,
};
use dugnad_notices::Contact;
use dugnad_proto::notices::v1::{self as pb, print_desk_request::Format};
use uuid::Uuid;

use crate::town::{Town, contact, person, policy};

const DOOR: DoorId = DoorId(Uuid::from_u128(60));
const CODE: CodeId = CodeId(Uuid::from_u128(61));
const BOOKING: BookingId = BookingId(Uuid::from_u128(3));
const DIGITS: &str = "470815";

fn says(event: DoorEvent) -> Event {
    Event::Door(event)
}

/// Nobody is reminded of anything, so that all messages are about doors.
fn rules() -> pb::Policy {
    let duty = vec![person("kari").to_string()];
    pb::Policy { duty, reminders: Vec::new(), ..policy() }
}

/// A door whose codes are shown two hours ahead; Anna, who has a telephone too, has booked behind it
/// in a day; Kari is on duty.
async fn town() -> Town {
    let town = Town::open().await;
    town.knows("anna", Contact { phone: "90000000".to_owned(), ..contact("anna") });
    town.knows("kari", contact("kari"));
    town.policy(rules()).await;
    let lock = Lock {
        bridge: Bridge::NukiHub,
        base: "nuki".to_owned(),
        name: String::new(),
        first_slot: 1,
        last_slot: 9,
        digits: 6,
        lead_minutes: 240,
        margin_minutes: 15,
        shown_minutes: 120,
        one_for_series: false,
    };
    let what = Box::new(Door {
        name: "Nordinngangen".to_owned(),
        facility: FacilityId(Uuid::from_u128(62)),
        rooms: Vec::new(),
        access: Vec::new(),
        lock: Some(lock),
    });
    let set = DoorEvent::Set { door: DOOR, what, by: Uuid::nil(), at: town.now() };
    town.says(vec![says(set), town.booked("anna", 3, 24)]).await;
    town.sends().await;
    town
}

/// A code is drawn for the booking, and the lock says that it holds it.
async fn works(town: &Town) {
    let key = town.ground.vault.key(town.tenant.as_str(), person("anna")).await.unwrap();
    let planned = DoorEvent::Planned {
        code: CODE,
        door: DOOR,
        booking: BOOKING,
        slot: 1,
        window: town.span(4),
        digits: key.seal(b"test", &Digits::new(DIGITS.to_owned())),
    };
    let confirmed = DoorEvent::Confirmed { code: CODE, said: Said::Holds };
    town.says(vec![says(planned), says(DoorEvent::Setting { code: CODE }), says(confirmed)]).await;
}

fn sms(town: &Town) -> Vec<String> {
    town.sms.taken().into_iter().map(|it| it.text).collect()
}

#[tokio::test]
async fn a_code_is_told_by_text_message_once_its_time_has_come_and_in_no_subject_or_log() {
    let town = town().await;
    town.set("2026-11-24T05:00:00Z");
    works(&town).await;
    town.sends().await;
    let early = sms(&town).len();

    town.set("2026-11-24T07:00:00Z");
    town.sends().await;

    let told = town.sms.taken();
    assert_eq!((early, told.len()), (0, 1));
    assert!(told[0].text.contains(DIGITS) && told[0].text.contains("Nordinngangen"));
    assert!(!format!("{:?}", told[0]).contains(DIGITS), "no log can hold it");
    assert!(town.email.taken().iter().all(|it| !it.text.contains(DIGITS)), "by SMS alone");
    let held = dugnad_notices::held(&town.ledger, &town.tenant, person("anna")).await.unwrap();
    assert!(!held.to_string().contains(DIGITS));
}

#[tokio::test]
async fn a_municipality_that_lets_codes_go_by_e_mail_says_so_and_no_subject_shows_one() {
    let town = town().await;
    town.knows("anna", contact("anna"));
    let by_email = vec![pb::Channel::Email.into()];
    town.policy(pb::Policy { door_code_channels: by_email, ..rules() }).await;
    town.set("2026-11-24T07:30:00Z");

    works(&town).await;
    town.sends().await;

    let told = town.email.taken().pop().unwrap();
    assert!(told.text.contains(DIGITS), "{}", told.text);
    assert!(!told.subject.contains(DIGITS));
    let letters = vec![pb::Channel::Letter.into()];
    let policy = Some(pb::Policy { door_code_channels: letters, ..rules() });
    let request = pb::SetPolicyRequest { policy, request_id: town.id() };
    let refused = town.coordinator().set_policy(request).await.unwrap_err();
    assert_eq!(crate::town::field(&refused), "policy.door_code_channels[0]");
}

#[tokio::test]
async fn whom_no_allowed_channel_reaches_is_on_the_desks_list_which_shows_no_code() {
    let town = town().await;
    town.knows("anna", contact("anna"));
    town.set("2026-11-24T07:30:00Z");

    works(&town).await;
    town.sends().await;

    let row = town.desk().await.remove(0);
    assert_eq!((&*row.template, &*row.reason), ("door-code", "NO_ADDRESS"));
    for format in [Format::Csv, Format::Letters] {
        let request = pb::PrintDeskRequest { format: format.into() };
        let printed = town.coordinator().print_desk(request).await.unwrap().into_inner().content;
        assert!(printed.contains("Nordinngangen") && !printed.contains(DIGITS), "{printed}");
    }
}

#[tokio::test]
async fn who_wants_a_call_is_called_about_the_door_and_told_no_code_by_message() {
    let town = town().await;
    let preference = Preference { channel: Some(Channel::Phone), ..Preference::default() };
    town.knows("bo", Contact { preference, phone: "90000001".to_owned(), ..contact("bo") });
    town.set("2026-11-24T07:30:00Z");
    town.says(vec![town.booked("bo", 3, 2)]).await;

    works(&town).await;
    town.sends().await;

    let desk = town.desk().await;
    assert!(desk.iter().any(|it| it.template == "door-code" && it.reason == "WISH"), "{desk:?}");
    assert!(town.sms.taken().is_empty());
}

#[tokio::test]
async fn a_code_that_goes_with_its_booking_or_its_booker_is_never_told() {
    let town = town().await;
    town.set("2026-11-24T05:00:00Z");
    works(&town).await;
    let removing = DoorEvent::Removing { code: CODE, why: Removal::Cancelled, until: town.now() };
    town.says(vec![says(removing)]).await;
    town.set("2026-11-24T07:30:00Z");
    town.sends().await;
    let gone = sms(&town).len();

    works(&town).await;
    let why = volunteers::Erasure::Asked;
    town.says(vec![volunteers::Event::PersonErased { person: person("anna"), why }]).await;
    town.sends().await;

    assert_eq!((gone, sms(&town).len()), (0, 0));
    let kept = |state: &dugnad_notices::model::State| state.known.codes.is_empty();
    town.until(kept).await;
}

#[tokio::test]
async fn a_door_that_does_not_confirm_alarms_and_the_booker_hears_the_fallback_until_it_works() {
    let town = town().await;
    town.set("2026-11-24T08:00:00Z");

    let (guards, fallback) = (vec![person("gry")], Fallback::Guard);
    town.knows("gry", contact("gry"));
    town.says(vec![says(DoorEvent::Late { door: DOOR, booking: BOOKING, guards, fallback })]).await;
    town.sends().await;
    let alarm = town.to("kari").await.remove(0);
    let by_hand = sms(&town);
    works(&town).await;
    town.sends().await;
    town.later(30);
    town.sends().await;

    assert_eq!((&*alarm.template, alarm.urgency()), ("door-late", pb::Urgency::Alarm));
    assert_eq!(town.kinds("gry").await, ["door-late"], "the guard of the building");
    assert!(by_hand[0].contains("åpner for deg"), "{by_hand:?}");
    assert_eq!(town.to("kari").await.len(), 1, "it climbs no further");
    assert!(sms(&town)[1].contains(DIGITS));
}

#[tokio::test]
async fn a_code_that_may_still_open_and_a_lock_that_is_stuck_alarm_until_it_is_gone() {
    let town = town().await;
    works(&town).await;
    let stuck = DoorEvent::Suspended { code: CODE, said: Said::Nothing };

    town.says(vec![says(DoorEvent::Overstayed { code: CODE }), says(stuck)]).await;
    town.sends().await;
    let alarms: Vec<_> = town.to("kari").await.into_iter().map(|it| it.template).collect();
    town.says(vec![says(DoorEvent::Removed { code: CODE, word: Word::Lock })]).await;
    town.later(30);
    town.sends().await;

    assert_eq!(alarms, ["door-overstayed", "door-stuck"]);
    assert_eq!(town.to("kari").await.len(), 2, "gone is gone");
    assert!(town.desk().await.is_empty());
}
