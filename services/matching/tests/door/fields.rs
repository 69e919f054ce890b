//! Bad input is named by its field.

use dugnad_proto::matching::v1 as pb;

use crate::town::{Town, field, hours, person};

/// A field of a need, spoilt.
type Spoil = fn(&mut pb::Need);

#[tokio::test]
async fn a_need_that_cannot_be_read_is_blamed_on_its_field() {
    let town = Town::open().await;
    let lasting = || pb::Lasting {
        first_start: "2026-12-01T18:00".to_owned(),
        duration: Some(prost_types::Duration { seconds: 3600, nanos: 0 }),
        rrule: "FREQ=WEEKLY;COUNT=3".to_owned(),
        exdates: Vec::new(),
    };
    let spoilt: [(&str, Spoil); 16] = [
        ("need.kind", |need| need.kind = "Visit".to_owned()),
        ("need.receiver", |need| need.receiver = "olga".to_owned()),
        ("need.heads", |need| need.heads = 201),
        ("need.heads", |need| need.heads = -1),
        ("need.area", |need| need.area = "Ås".to_owned()),
        ("need.location.latitude", |need| {
            need.location = Some(pb::Location { latitude: 91.0, longitude: 0.0 });
        }),
        ("need.location.longitude", |need| {
            need.location = Some(pb::Location { latitude: 0.0, longitude: f64::NAN });
        }),
        ("need.times", |need| need.times = Vec::new()),
        ("need.times", |need| need.times = vec![hours(50, 1); 61]),
        ("need.times[0].end", |need| need.times = vec![hours(50, 25)]),
        ("need.about", |need| need.about = "x".repeat(201)),
        ("need.text", |need| need.text = "x".repeat(2001)),
        ("need.want.skills", |need| {
            need.want = Some(pb::Want { skills: vec!["x".to_owned(); 21], ..Default::default() });
        }),
        ("need.want.interests[0]", |need| {
            need.want = Some(pb::Want { interests: vec!["?".to_owned()], ..Default::default() });
        }),
        ("need.want.gender", |need| {
            need.want = Some(pb::Want { gender: 9, ..Default::default() });
        }),
        ("need.want.weights.load", |need| {
            let weights = Some(pb::Weights::default());
            need.want = Some(pb::Want { weights, ..Default::default() });
        }),
    ];
    let mut cora = town.coordinator();
    for (name, spoil) in spoilt {
        let mut need = town.visit(50);
        spoil(&mut need);
        let request = pb::PostNeedRequest { need: Some(need), request_id: town.id() };
        assert_eq!(field(&cora.post_need(request).await.unwrap_err()), name);
    }
    let lastings = [
        ("need.lasting.first_start", pb::Lasting { first_start: "now".to_owned(), ..lasting() }),
        ("need.lasting.duration", pb::Lasting { duration: None, ..lasting() }),
        ("need.lasting.rrule", pb::Lasting { rrule: "FREQ=DAILY".to_owned(), ..lasting() }),
        (
            "need.lasting.rrule",
            pb::Lasting { rrule: "FREQ=DAILY;COUNT=121".to_owned(), ..lasting() },
        ),
        ("need.lasting.exdates[0]", pb::Lasting { exdates: vec!["x".to_owned()], ..lasting() }),
        (
            "need.lasting.duration",
            pb::Lasting { rrule: "FREQ=MINUTELY;COUNT=3".to_owned(), ..lasting() },
        ),
    ];
    for (name, lasting) in lastings {
        let need = pb::Need { times: Vec::new(), lasting: Some(lasting), ..town.visit(50) };
        let request = pb::PostNeedRequest { need: Some(need), request_id: town.id() };
        assert_eq!(field(&cora.post_need(request).await.unwrap_err()), name);
    }
    let both = pb::Need { lasting: Some(lasting()), ..town.visit(50) };
    let request = pb::PostNeedRequest { need: Some(both), request_id: town.id() };
    assert_eq!(field(&cora.post_need(request).await.unwrap_err()), "need.lasting");
}

#[tokio::test]
async fn every_other_field_that_cannot_be_read_is_named_too() {
    let town = Town::open().await;
    let mut cora = town.coordinator();
    let id = || town.id();
    let minutes = |n: i64| Some(prost_types::Duration { seconds: n * 60, nanos: 0 });
    let kinds = [
        ("kind.code", pb::Kind::default()),
        ("kind.at_a_time", pb::Kind { at_a_time: 51, ..code() }),
        ("kind.role", pb::Kind { role: "A".to_owned(), ..code() }),
        ("kind.answer_within", pb::Kind { answer_within: minutes(0), ..code() }),
        ("kind.confirm_within", pb::Kind { confirm_within: minutes(50_000), ..code() }),
        ("kind.late_within", pb::Kind { late_within: minutes(61), ..code() }),
    ];
    for (name, kind) in kinds {
        let request = pb::SetKindRequest { kind: Some(kind), request_id: id() };
        assert_eq!(field(&cora.set_kind(request).await.unwrap_err()), name);
    }
    let find = |request| {
        let mut cora = cora.clone();
        async move { field(&cora.find_candidates(request).await.unwrap_err()) }
    };
    let question = Some(town.visit(50));
    let asked = pb::FindCandidatesRequest { question, ..Default::default() };
    let need = format!("needs/{}", uuid::Uuid::nil());
    let nobody = vec!["x".to_owned()];
    assert_eq!(find(pb::FindCandidatesRequest { need, ..asked.clone() }).await, "question");
    assert_eq!(find(pb::FindCandidatesRequest { slot: 1, ..asked.clone() }).await, "slot");
    assert_eq!(find(pb::FindCandidatesRequest { count: 201, ..asked.clone() }).await, "count");
    assert_eq!(find(pb::FindCandidatesRequest { misses: -1, ..asked.clone() }).await, "misses");
    let people = find(pb::FindCandidatesRequest { people: nobody, ..asked }).await;
    assert_eq!(people, "people[0]");
    let lone = pb::FindCandidatesRequest::default();
    assert_eq!(find(lone).await, "question");

    let close =
        pb::CloseNeedRequest { name: "x".to_owned(), request_id: id(), ..Default::default() };
    assert_eq!(field(&cora.close_need(close).await.unwrap_err()), "name");
    let accept = pb::AcceptOfferRequest { request_id: "x".to_owned(), ..Default::default() };
    assert_eq!(field(&cora.accept_offer(accept).await.unwrap_err()), "request_id");
    let who = person("anna").to_string();
    let (one, other, apart, request_id) = (who.clone(), who.clone(), true, id());
    let same = pb::SetConflictRequest { one, other, apart, request_id };
    assert_eq!(field(&cora.set_conflict(same).await.unwrap_err()), "other");
    let team = format!("teams/{}", uuid::Uuid::nil());
    let need = format!("needs/{}", uuid::Uuid::nil());
    let (slot, anyway, request_id) = (0, false, id());
    let both = pb::AssignRequest { need, slot, person: who, anyway, request_id, team };
    assert_eq!(field(&cora.assign(both).await.unwrap_err()), "team");
    let list = pb::ListNeedsRequest { state: 9, ..Default::default() };
    assert_eq!(field(&cora.list_needs(list).await.unwrap_err()), "state");
    let report = pb::GetUnmetNeedsRequest { interval: Some(hours(0, 401 * 24)) };
    assert_eq!(field(&cora.get_unmet_needs(report).await.unwrap_err()), "interval.end");
}

fn code() -> pb::Kind {
    pb::Kind { code: "visit".to_owned(), ..Default::default() }
}
