//! The desk: who must be called, and what came of it; the list on paper.

use dugnad_door::Role;
use dugnad_events::rooms;
use dugnad_notices::Contact;
use dugnad_proto::notices::v1::{self as pb, print_desk_request::Format};
use uuid::Uuid;

use crate::town::{Town, contact, person, reason};

async fn called(
    town: &Town,
    notice: &pb::Notice,
    outcome: pb::CallOutcome,
) -> Result<(), tonic::Status> {
    let request = pb::RecordCallRequest {
        name: notice.name.clone(),
        outcome: outcome.into(),
        answer: 0,
        request_id: town.id(),
    };
    town.client("stian", Role::Staff).record_call(request).await.map(|_| ())
}

#[tokio::test]
async fn who_wants_a_call_is_on_the_list_until_they_were_reached() {
    let town = Town::open().await;
    let channel = Some(dugnad_events::notices::Channel::Phone);
    let preference = dugnad_events::notices::Preference { channel, ..Default::default() };
    town.knows("anna", Contact { preference, ..contact("anna") });
    town.asked("anna", 7, 48).await;
    town.sends().await;
    let row = town.desk().await.remove(0);

    assert_eq!((&*row.reason, row.state()), ("WISH", pb::State::ByTelephone));
    for outcome in [pb::CallOutcome::NotReached, pb::CallOutcome::LeftMessage] {
        called(&town, &row, outcome).await.unwrap();
    }
    assert_eq!(town.desk().await[0].calls.len(), 2, "it stays on the list");
    let request = pb::RecordCallRequest {
        name: row.name.clone(),
        outcome: pb::CallOutcome::Reached.into(),
        answer: pb::AnswerKind::Yes.into(),
        request_id: town.id(),
    };
    town.coordinator().record_call(request).await.unwrap();
    let again = called(&town, &row, pb::CallOutcome::Reached).await.unwrap_err();

    assert!(town.desk().await.is_empty() && town.email.taken().is_empty());
    assert_eq!(reason(&again), "NOT_ON_LIST");
    let told = town.to("anna").await.remove(0);
    assert_eq!((told.state(), told.answer()), (pb::State::Told, pb::AnswerKind::Yes));
}

#[tokio::test]
async fn what_hurries_most_is_first_and_what_is_over_leaves_the_list() {
    let town = Town::open().await;
    town.knows("anna", Contact { email: String::new(), ..contact("anna") });
    let late = town.asked("anna", 7, 48).await;
    town.says(vec![town.need(8, 2), town.assigned("anna", 8)]).await;
    town.sends().await;

    let desk = town.desk().await;
    let rows: Vec<_> = desk.iter().map(|it| (it.urgency(), &*it.reason)).collect();
    assert_eq!(rows, [(pb::Urgency::Urgent, "NO_ADDRESS"), (pb::Urgency::Normal, "NO_ADDRESS")]);
    let why = dugnad_events::matching::Withdrawal::Filled;
    let offers = vec![late];
    town.says(vec![dugnad_events::matching::Event::OffersWithdrawn { offers, why }]).await;
    let left: Vec<_> = town.desk().await.into_iter().map(|it| it.template).collect();
    assert_eq!(left[0], "assigned");
    assert!(!left.contains(&"offer".to_owned()), "{left:?}");
}

#[tokio::test]
async fn nobody_is_called_about_what_is_only_good_to_know() {
    let town = Town::open().await;
    town.says(vec![town.booked("stranger", 3, 48)]).await;
    town.sends().await;

    assert!(town.desk().await.is_empty());
    assert_eq!(town.states("stranger").await, [("booked".to_owned(), pb::State::Withdrawn)]);
    town.later(24 * 60);
    town.until_told("stranger", "reminder", 1).await;
    town.sends().await;
    assert!(town.desk().await.is_empty(), "a reminder is not worth a search for a stranger");

    let (by, room) = (dugnad_events::BookingId(Uuid::from_u128(9)), Uuid::from_u128(1));
    let displaced = rooms::Event::Displaced {
        booking: dugnad_events::BookingId(Uuid::from_u128(3)),
        whom: person("stranger").0,
        by,
        room: dugnad_events::RoomId(room),
        span: town.span(48),
        instead: vec![town.span(50)],
    };
    town.says(vec![displaced]).await;
    town.sends().await;
    let desk = town.desk().await;
    assert_eq!((&*desk[0].template, &*desk[0].reason), ("displaced", "UNKNOWN_PERSON"));
}

#[tokio::test]
async fn the_list_is_printed_with_numbers_for_calls_and_as_letters_in_large_print() {
    let town = Town::open().await;
    let preference = dugnad_events::notices::Preference {
        channel: Some(dugnad_events::notices::Channel::Letter),
        large_print: true,
        ..Default::default()
    };
    let anna = Contact {
        name: "=Anna \"Ås\"".to_owned(),
        phone: "+47 900 00 000".to_owned(),
        email: String::new(),
        address: "Storgata 1\n3015 Drammen".to_owned(),
        preference,
    };
    town.knows("anna", anna);
    town.asked("anna", 7, 48).await;
    town.sends().await;
    let print = |format: Format| {
        let mut stian = town.client("stian", Role::Staff);
        let request = pb::PrintDeskRequest { format: format.into() };
        async move { stian.print_desk(request).await.unwrap().into_inner().content }
    };

    let (csv, letters) = (print(Format::Csv).await, print(Format::Letters).await);

    assert!(csv.contains("\"'=Anna \"\"Ås\"\"\",\"'+47 900 00 000\""), "{csv}");
    assert!(csv.contains("Kan du hjelpe?"), "{csv}");
    assert!(letters.contains("<article class=\"large\"") && letters.contains("Storgata 1"));
    assert!(letters.contains("=Anna &quot;Ås&quot;"), "{letters}");
}
