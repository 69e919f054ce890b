//! Importing, and writing down by hand.

use dugnad_door::Role;
use dugnad_proto::volunteers::v1::{
    self as pb, import_organisations_response::Change, registered_organisation::Categories,
};
use tonic::Code;

use crate::{
    Client, calling, coordinator, get, made, organisation, themselves,
    town::{Town, field, refused, words},
};

const CHOIR: &str = "991825827";
const CORPS: &str = "974760673";

fn entry(number: &str, display_name: &str) -> pb::RegisteredOrganisation {
    pb::RegisteredOrganisation {
        number: number.to_owned(),
        display_name: display_name.to_owned(),
        form: "FLI".to_owned(),
        address: Some(pb::Address {
            lines: words(&["Bergmoveien 1"]),
            postal_code: "3048".to_owned(),
            town: "DRAMMEN".to_owned(),
            municipality: "3301".to_owned(),
        }),
        voluntary: true,
        categories: None,
        gone: false,
    }
}

fn import(
    town: &Town,
    organisations: impl IntoIterator<Item = pb::RegisteredOrganisation>,
) -> pb::ImportOrganisationsRequest {
    let organisations = organisations.into_iter().collect();
    pb::ImportOrganisationsRequest { organisations, request_id: town.id() }
}

async fn imported(
    client: &mut Client,
    request: pb::ImportOrganisationsRequest,
) -> pb::ImportOrganisationsResponse {
    client.import_organisations(request).await.unwrap().into_inner()
}

/// New, changed, unchanged, gone.
fn counts(answer: &pb::ImportOrganisationsResponse) -> [i32; 4] {
    [answer.new, answer.changed, answer.unchanged, answer.gone]
}

/// The `n`th number that checks.
fn numbers() -> impl Iterator<Item = String> {
    (80_000_000_u32..).filter_map(|eight| {
        let digits = format!("{eight}");
        let weighted = digits.bytes().zip([3, 2, 7, 6, 5, 4, 3, 2]);
        let left = weighted.map(|(b, weight)| u32::from(b - b'0') * weight).sum::<u32>() % 11;
        match (11 - left) % 11 {
            10 => None,
            check => Some(format!("{digits}{check}")),
        }
    })
}

#[tokio::test]
async fn importing_again_changes_nothing_and_a_change_names_its_fields() {
    let town = Town::open().await;
    let mut cora = coordinator(&town);
    let both = || [entry(CHOIR, "Koret"), entry(CORPS, "Korpset")];
    let request = import(&town, both());

    let first = imported(&mut cora, request.clone()).await;
    let again = imported(&mut cora, import(&town, both())).await;
    let mut changed = both();
    changed[0].display_name = "Storkoret".to_owned();
    changed[0].address = None;
    changed[1] = pb::RegisteredOrganisation { gone: true, ..Default::default() };
    changed[1].number = CORPS.to_owned();
    let later = imported(&mut cora, import(&town, changed)).await;
    let repeated = imported(&mut cora, request).await;

    assert_eq!(counts(&first), [2, 0, 0, 0]);
    assert_eq!((counts(&again), again.outcomes.len()), ([0, 0, 2, 0], 0));
    assert_eq!(counts(&later), [0, 1, 0, 1]);
    let [choir, corps] = &later.outcomes[..] else { panic!("{later:?}") };
    assert_eq!(
        (choir.change(), &choir.fields),
        (Change::Changed, &words(&["display_name", "address"]))
    );
    assert_eq!((corps.change(), corps.number.as_str()), (Change::Gone, CORPS));
    assert_eq!(repeated, first, "the first answer, whatever came after");
    assert_eq!(get(&mut cora, &choir.organisation).await.display_name, "Storkoret");
    let gone = pb::GetOrganisationRequest { name: corps.organisation.clone() };
    let gone = cora.get_organisation(gone).await;
    assert_eq!(refused(gone), (Code::NotFound, "NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn five_hundred_as_long_as_they_may_be_in_use_fit_in_one_call() {
    let town = Town::open().await;
    let long = |number: String| {
        let mut entry = entry(&number, &"Foreningen for gode naboer og venner ".repeat(4));
        let category = "Sosiale tjenester og aktiviteter i nærmiljøet".to_owned();
        let icnpo = vec![pb::IcnpoCategory { number: "4100".to_owned(), category }; 3];
        entry.categories = Some(Categories { icnpo });
        entry
    };

    let answer =
        imported(&mut coordinator(&town), import(&town, numbers().take(500).map(long))).await;

    assert_eq!(counts(&answer), [500, 0, 0, 0]);
}

#[tokio::test]
async fn staff_coordinators_and_services_import_and_people_do_not() {
    let town = Town::open().await;
    for (role, may) in [
        (Role::Staff, true),
        (Role::Coordinator, true),
        (Role::Service, true),
        (Role::Person, false),
    ] {
        let request = import(&town, [entry(CHOIR, "Koret")]);
        let outcome = calling(&town, "kari", role).import_organisations(request).await;

        if may {
            assert!(outcome.is_ok(), "{role:?}");
        } else {
            assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
        }
    }
}

#[tokio::test]
async fn what_cannot_be_imported_is_named_by_its_entry_and_field() {
    let town = Town::open().await;
    let mut cora = coordinator(&town);
    let with = |change: fn(&mut pb::RegisteredOrganisation)| {
        let mut bad = entry(CORPS, "Korpset");
        change(&mut bad);
        import(&town, [entry(CHOIR, "Koret"), bad])
    };
    let icnpo =
        |number: &str| pb::IcnpoCategory { number: number.to_owned(), ..Default::default() };
    let mut six = with(|_| ());
    six.organisations[1].categories = Some(Categories { icnpo: vec![icnpo("4100"), icnpo("x")] });
    let cases = [
        (import(&town, []), "organisations"),
        (import(&town, vec![entry(CHOIR, "K"); 501]), "organisations"),
        (with(|bad| bad.number = "974760674".to_owned()), "organisations[1].number"),
        (with(|bad| bad.number = CHOIR.to_owned()), "organisations[1].number"),
        (with(|bad| bad.display_name.clear()), "organisations[1].display_name"),
        (with(|bad| bad.display_name = "x".repeat(201)), "organisations[1].display_name"),
        (with(|bad| bad.form = "ENK".to_owned()), "organisations[1].form"),
        (with(|bad| bad.form = "fli".to_owned()), "organisations[1].form"),
        (
            with(|bad| bad.address.as_mut().unwrap().lines.insert(0, "c/o Kari".to_owned())),
            "organisations[1].address.lines[0]",
        ),
        (
            with(|bad| bad.address.as_mut().unwrap().municipality = "33".to_owned()),
            "organisations[1].address.municipality",
        ),
        (six, "organisations[1].categories.icnpo[1].number"),
        (
            pb::ImportOrganisationsRequest { request_id: "7".to_owned(), ..with(|_| ()) },
            "request_id",
        ),
    ];
    for (request, wrong) in cases {
        assert_eq!(field(cora.import_organisations(request).await), wrong);
    }
    let listed = cora.list_organisations(pb::ListOrganisationsRequest::default()).await.unwrap();
    assert!(listed.into_inner().organisations.is_empty(), "nothing of it was taken");
}

#[tokio::test]
async fn a_school_is_written_down_and_changed_by_a_coordinator_only() {
    let town = Town::open().await;
    let name = made(&town, "Skolen").await;
    let renamed = pb::Organisation { name: name.clone(), ..organisation("Den nye skolen") };
    let update = || pb::UpdateOrganisationRequest {
        organisation: Some(renamed.clone()),
        request_id: town.id(),
    };
    let create = || pb::CreateOrganisationRequest {
        organisation: Some(organisation("X")),
        request_id: town.id(),
    };
    for role in [Role::Person, Role::Staff, Role::Service] {
        let mut client = calling(&town, "kari", role);
        let denied = (Code::PermissionDenied, "NOT_YOURS".to_owned());
        assert_eq!(refused(client.update_organisation(update()).await), denied);
        assert_eq!(refused(client.create_organisation(create()).await), denied);
    }

    let first = coordinator(&town).update_organisation(update()).await.unwrap().into_inner();

    assert_eq!(first.organisation.unwrap().display_name, "Den nye skolen");
    let mut anybody = themselves(&town, "kari");
    assert_eq!(get(&mut anybody, &name).await.display_name, "Den nye skolen");
}

#[tokio::test]
async fn what_the_register_knows_changes_there_and_a_number_comes_from_there() {
    let town = Town::open().await;
    let mut cora = coordinator(&town);
    let answer = imported(&mut cora, import(&town, [entry(CHOIR, "Koret")])).await;
    let known = get(&mut cora, &answer.outcomes[0].organisation).await;
    let update = |organisation| pb::UpdateOrganisationRequest {
        organisation: Some(organisation),
        request_id: town.id(),
    };

    let renamed = pb::Organisation { display_name: "X".to_owned(), ..known.clone() };
    let renamed = cora.update_organisation(update(renamed)).await;
    let at_home = pb::Organisation { area: "konnerud".to_owned(), ..known.clone() };
    let at_home = cora.update_organisation(update(at_home)).await.unwrap().into_inner();
    let organisation = Some(pb::Organisation { number: CORPS.to_owned(), ..organisation("X") });
    let numbered = pb::CreateOrganisationRequest { organisation, request_id: town.id() };

    assert_eq!(refused(renamed), (Code::FailedPrecondition, "FROM_REGISTER".to_owned()));
    assert_eq!(at_home.organisation.unwrap().area, "konnerud");
    assert_eq!(field(cora.create_organisation(numbered).await), "organisation.number");
}

#[tokio::test]
async fn organisations_are_found_page_by_page_by_what_is_asked() {
    let town = Town::open().await;
    let mut cora = coordinator(&town);
    let all = numbers().take(7).zip(["a", "b", "c", "d", "e", "f", "g"]);
    let all = all.map(|(number, word)| entry(&number, &format!("Koret {word}")));
    imported(&mut cora, import(&town, all)).await;
    made(&town, "Skolen").await;
    let mut request = pb::ListOrganisationsRequest {
        text: "KOR".to_owned(),
        voluntary: true,
        municipality: "3301".to_owned(),
        page_size: 3,
        ..Default::default()
    };
    let mut sizes = Vec::new();
    loop {
        let page = cora.list_organisations(request.clone()).await.unwrap().into_inner();
        sizes.push(page.organisations.len());
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    assert_eq!(sizes, [3, 3, 1]);
    request.voluntary = false;
    assert_eq!(field(cora.list_organisations(request.clone()).await), "page_token");
    for (request, wrong) in [
        (pb::ListOrganisationsRequest { icnpo_group: 100, ..Default::default() }, "icnpo_group"),
        (pb::ListOrganisationsRequest { area: "Å".to_owned(), ..Default::default() }, "area"),
        (pb::ListOrganisationsRequest { page_size: -1, ..Default::default() }, "page_size"),
        (
            pb::ListOrganisationsRequest { municipality: "x".to_owned(), ..Default::default() },
            "municipality",
        ),
        (pb::ListOrganisationsRequest { text: "x".repeat(101), ..Default::default() }, "text"),
    ] {
        assert_eq!(field(cora.list_organisations(request).await), wrong);
    }
}
