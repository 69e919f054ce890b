//! What the door refuses, field by field, and what words may say.

use dugnad_door::Role;
use dugnad_proto::notices::v1 as pb;
use tonic::Code;

use crate::town::{Town, field, person, policy, reason};

#[tokio::test]
async fn what_cannot_be_taken_of_a_policy_is_named() {
    let town = Town::open().await;
    let many = || vec![person("x").to_string(); 6];
    for (wrong, at_fault) in [
        (pb::Policy { time_zone: "Europe/Drammen".into(), ..policy() }, "policy.time_zone"),
        (pb::Policy { quiet_hours: "22-08".into(), ..policy() }, "policy.quiet_hours"),
        (pb::Policy { quiet_hours: "08:00-08:00".into(), ..policy() }, "policy.quiet_hours"),
        (pb::Policy { daily_limit: 0, ..policy() }, "policy.daily_limit"),
        (pb::Policy { bundle_minutes: 61, ..policy() }, "policy.bundle_minutes"),
        (pb::Policy { reminders: vec![120, 1440], ..policy() }, "policy.reminders"),
        (pb::Policy { reminders: vec![5], ..policy() }, "policy.reminders[0]"),
        (pb::Policy { duty: many(), ..policy() }, "policy.duty"),
        (pb::Policy { duty: vec!["kari".into()], ..policy() }, "policy.duty[0]"),
        (pb::Policy { climb_minutes: 0, ..policy() }, "policy.climb_minutes"),
        (pb::Policy { sender: "x".repeat(41), ..policy() }, "policy.sender"),
    ] {
        let request = pb::SetPolicyRequest { policy: Some(wrong), request_id: town.id() };
        let refused = town.coordinator().set_policy(request).await.unwrap_err();
        assert_eq!((refused.code(), &*field(&refused)), (Code::InvalidArgument, at_fault));
    }
}

#[tokio::test]
async fn each_sees_their_own_notices_and_the_office_those_of_others() {
    let town = Town::open().await;
    town.asked("anna", 7, 48).await;
    let of_anna =
        pb::ListNoticesRequest { person: person("anna").to_string(), ..Default::default() };

    let own = pb::ListNoticesRequest::default();
    let own = town.client("anna", Role::Person).list_notices(own).await.unwrap().into_inner();
    let denied = town.client("bo", Role::Person).list_notices(of_anna.clone()).await.unwrap_err();
    let desk = pb::ListDeskRequest::default();
    let no_desk = town.client("bo", Role::Person).list_desk(desk).await.unwrap_err();
    let request = pb::SetPolicyRequest { policy: Some(policy()), request_id: town.id() };
    let no_policy = town.client("stian", Role::Staff).set_policy(request).await.unwrap_err();

    assert_eq!(own.notices.len(), 1);
    for refused in [denied, no_desk, no_policy] {
        assert_eq!((refused.code(), &*reason(&refused)), (Code::PermissionDenied, "NOT_YOURS"));
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let town = Town::open().await;
    for number in 1..=3 {
        town.asked("anna", number, 48).await;
        town.later(1);
    }
    let mut request = pb::ListNoticesRequest {
        person: person("anna").to_string(),
        page_size: 2,
        ..Default::default()
    };
    let first = town.coordinator().list_notices(request.clone()).await.unwrap().into_inner();
    request.page_token = first.next_page_token;
    let second = town.coordinator().list_notices(request).await.unwrap().into_inner();

    assert_eq!((first.notices.len(), second.notices.len()), (2, 1));
    assert_eq!(second.next_page_token, "");
}

fn text(language: &str, sms: &str) -> pb::Text {
    pb::Text {
        language: language.to_owned(),
        version: 0,
        subject: "Hjelp?".to_owned(),
        sms: sms.to_owned(),
        body: "Hei {name}, {link}".to_owned(),
    }
}

async fn set(town: &Town, texts: Vec<pb::Text>) -> Result<pb::Template, tonic::Status> {
    let template = pb::Template { code: "offer".to_owned(), texts, answers: Vec::new() };
    let request = pb::SetTemplateRequest { template: Some(template), request_id: town.id() };
    let answer = town.coordinator().set_template(request).await?;
    Ok(answer.into_inner().template.unwrap())
}

#[tokio::test]
async fn a_towns_own_words_are_checked_versioned_and_used() {
    let town = Town::open().await;
    let missing = set(&town, vec![text("nb", "Hei")]).await.unwrap_err();
    let unknown = set(&town, vec![text("nb", "{hvem}"), text("en", "Hi")]).await.unwrap_err();
    let open = set(&town, vec![text("nb", "{name}"), text("en", "Hi")]).await.unwrap_err();
    let same = || vec![text("nb", "Kom {when}!"), text("en", "Come {when}!")];
    let first = set(&town, same()).await.unwrap();
    let second = set(&town, same()).await.unwrap();

    assert_eq!(missing.message(), "texts: misses the language en");
    assert!(unknown.message().contains("unknown field `{hvem}`"), "{unknown}");
    assert!(open.message().contains("may stand in the body alone"), "{open}");
    assert_eq!((first.texts[0].version, second.texts[0].version), (1, 1), "nothing changed");
    town.asked("anna", 7, 48).await;
    town.sends().await;
    assert!(town.email.taken()[0].text.starts_with("Hei anna, https://drammen.example/a/"));
}

#[tokio::test]
async fn words_are_tried_out_on_a_real_notice_with_the_parts_they_would_go_in() {
    let town = Town::open().await;
    town.asked("anna", 7, 48).await;
    let notice = town.to("anna").await.remove(0).name;
    let preview = |sms: &str| {
        let text = Some(text("nb", sms));
        let request = pb::PreviewTemplateRequest { text, notice: notice.clone() };
        let mut cora = town.coordinator();
        async move { cora.preview_template(request).await.unwrap().into_inner() }
    };

    let plain = preview("{sender}: kom {when}!").await;
    let long = preview(&"š".repeat(71)).await;

    assert_eq!(plain.sms, "Drammen: kom onsdag 25. november kl. 10.00-12.00!");
    assert_eq!((plain.sms_segments, plain.sms_gsm), (1, true));
    assert_eq!((long.sms_segments, long.sms_gsm), (2, false));
    assert!(plain.body.contains("Kari Nordmann") && town.asked_of("anna") == 0);
}

#[tokio::test]
async fn what_somebody_says_of_how_to_tell_them_goes_before_what_the_register_says() {
    let town = Town::open().await;
    let preference = pb::Preference { language: "en".to_owned(), ..Default::default() };
    let request = pb::SetPreferenceRequest {
        preference: Some(preference),
        request_id: town.id(),
        ..Default::default()
    };
    town.client("anna", Role::Person).set_preference(request).await.unwrap();

    town.asked("anna", 7, 48).await;
    town.sends().await;

    assert_eq!(town.email.taken()[0].subject, "Can you help? a task");
}
