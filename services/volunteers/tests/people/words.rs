//! The municipality's own words, and lists.

use dugnad_proto::volunteers::v1::{self as pb, TermList};
use tonic::Code;

use crate::town::{Town, field, name, refused, words};

async fn listed(town: &Town, list: TermList, show_retired: bool) -> Vec<(String, bool)> {
    let request = pb::ListTermsRequest { list: list.into(), show_retired, ..Default::default() };
    let terms = town.themselves("kari").list_terms(request).await.unwrap().into_inner().terms;
    terms.into_iter().map(|term| (term.code, term.retired)).collect()
}

#[tokio::test]
async fn a_code_that_is_in_no_list_is_named_and_any_code_is_good_while_the_list_is_empty() {
    let town = Town::open().await;
    town.set_terms(TermList::Interests, &["walks", "music"]).await;
    let giver = pb::Giver {
        interests: words(&["walks", "chess"]),
        skills: words(&["anything"]),
        ..Default::default()
    };
    let mut kari = town.themselves("kari");

    let unknown = kari.sign_up(town.sign_up(giver.clone())).await;
    let known = pb::Giver { interests: words(&["music"]), ..giver };
    let known = kari.sign_up(town.sign_up(known)).await;

    assert_eq!(field(unknown), "giver.interests[1]");
    known.unwrap();
}

#[tokio::test]
async fn a_word_that_is_left_out_is_offered_no_more_and_stays_with_whom_has_it() {
    let town = Town::open().await;
    town.set_terms(TermList::Interests, &["walks", "music"]).await;
    let giver = pb::Giver { interests: words(&["walks"]), ..Default::default() };
    town.themselves("kari").sign_up(town.sign_up(giver.clone())).await.unwrap();

    town.set_terms(TermList::Interests, &["music", "chess"]).await;

    let offered = [("music".to_owned(), false), ("chess".to_owned(), false)];
    assert_eq!(listed(&town, TermList::Interests, false).await, offered);
    let retired = listed(&town, TermList::Interests, true).await;
    assert_eq!(retired.last(), Some(&("walks".to_owned(), true)));
    let update = pb::UpdatePersonRequest {
        person: name("kari"),
        update_mask: Some(prost_types::FieldMask { paths: words(&["giver"]) }),
        giver: Some(giver.clone()),
        request_id: town.id(),
        ..Default::default()
    };
    town.themselves("kari").update_person(update).await.unwrap();
    let new = town.themselves("ola").sign_up(town.sign_up(giver)).await;
    assert_eq!(field(new), "giver.interests[0]");
}

#[tokio::test]
async fn an_area_has_a_place_and_no_other_word_has() {
    let town = Town::open().await;
    let mut cora = town.coordinator();
    let at = Some(pb::Location { latitude: 59.743_21, longitude: 10.204_46 });
    let with = |list, location| {
        let mut request = town.terms(list, &["x"]);
        request.terms[0].location = location;
        request
    };

    let areas = cora.set_terms(with(TermList::Areas, at)).await.unwrap().into_inner();

    assert_eq!(areas.terms[0].location, at);
    assert_eq!(field(cora.set_terms(with(TermList::Areas, None)).await), "terms[0].location");
    assert_eq!(field(cora.set_terms(with(TermList::Skills, at)).await), "terms[0].location");
    let far = Some(pb::Location { latitude: 90.1, longitude: f64::NAN });
    let outcome = cora.set_terms(with(TermList::Areas, far)).await;
    assert_eq!(field(outcome), "terms[0].location.latitude");
}

#[tokio::test]
async fn bad_lists_of_words_are_named_and_only_a_coordinator_sets_them() {
    let town = Town::open().await;
    let mut cora = town.coordinator();
    let many: Vec<_> = (0..501).map(|i| format!("w{i}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    for (codes, path) in
        [(&["a", "a"][..], "terms[1].code"), (&["a", "B"], "terms[1].code"), (&many, "terms")]
    {
        let outcome = cora.set_terms(town.terms(TermList::Kinds, codes)).await;
        assert_eq!(field(outcome), path);
    }
    let outcome = cora.set_terms(town.terms(TermList::Unspecified, &["a"])).await;
    assert_eq!(field(outcome), "list");
    let outcome = town.staff().set_terms(town.terms(TermList::Kinds, &["a"])).await;
    assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
}

#[tokio::test]
async fn people_are_listed_by_what_they_are_without_a_name_and_without_a_record() {
    let town = Town::open().await;
    let giver =
        |area: &str, standing| pb::Giver { area: area.to_owned(), standing, ..Default::default() };
    for (who, area, standing) in
        [("kari", "east", true), ("ola", "east", false), ("per", "west", true)]
    {
        let request = town.sign_up(giver(area, standing));
        town.themselves(who).sign_up(request).await.unwrap();
    }
    let east = pb::Receiver { area: "east".to_owned(), ..Default::default() };
    town.receiver("rut", east).await;
    let list = async |role: dugnad_door::Role, request: pb::ListPeopleRequest| {
        let answer = town.client("cora", role).list_people(request).await.unwrap().into_inner();
        let mut names: Vec<_> = answer.people.iter().map(|it| it.name.clone()).collect();
        assert!(answer.people.iter().all(|it| it.details.is_none() && it.support.is_empty()));
        names.sort();
        names
    };
    let named = |who: &[&str]| {
        let mut names: Vec<_> = who.iter().map(|who| name(who)).collect();
        names.sort();
        names
    };
    use dugnad_door::Role::{Coordinator, Service, Staff};
    let all = pb::ListPeopleRequest::default();
    let part = |part: pb::list_people_request::Part| pb::ListPeopleRequest {
        part: part.into(),
        ..all.clone()
    };
    let givers = part(pb::list_people_request::Part::Giver);
    let east = pb::ListPeopleRequest { area: "east".to_owned(), ..all.clone() };
    let regular = pb::ListPeopleRequest { standing: Some(true), ..east.clone() };
    let active = pb::ListPeopleRequest { state: pb::PersonState::Active.into(), ..all.clone() };

    assert_eq!(list(Coordinator, all.clone()).await, named(&["kari", "ola", "per", "rut"]));
    assert_eq!(list(Service, givers.clone()).await, named(&["kari", "ola", "per"]));
    assert_eq!(list(Coordinator, east).await, named(&["kari", "ola", "rut"]));
    assert_eq!(list(Coordinator, regular).await, named(&["kari"]));
    assert_eq!(list(Coordinator, active).await, named(&["rut"]));
    assert_eq!(list(Staff, all.clone()).await, named(&["rut"]));
    let outcome = town.staff().list_people(givers).await;
    assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
    let outcome = town.themselves("kari").list_people(all).await;
    assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
    assert!(town.reads("kari").await.is_empty());
}

#[tokio::test]
async fn a_list_of_people_is_read_page_by_page() {
    let town = Town::open().await;
    for who in ["a", "b", "c", "d", "e"] {
        town.applicant(who).await;
    }
    let mut cora = town.coordinator();
    let mut request = pb::ListPeopleRequest { page_size: 2, ..Default::default() };
    let mut names = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let page = cora.list_people(request.clone()).await.unwrap().into_inner();
        sizes.push(page.people.len());
        names.extend(page.people.into_iter().map(|person| person.name));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    assert_eq!(sizes, [2, 2, 1]);
    assert!(names.is_sorted());
    assert_eq!(names.len(), 5);
    let other = pb::ListPeopleRequest { area: "east".to_owned(), ..request };
    assert_eq!(field(cora.list_people(other).await), "page_token");
}
