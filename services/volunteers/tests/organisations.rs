//! The organisations' door in one process: real gRPC over TCP, a real journal file, a real key store,
//! and a clock that the test sets.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "organisations/agreements.rs"]
mod agreements;
#[path = "organisations/import.rs"]
mod import;
#[path = "organisations/members.rs"]
mod members;
#[allow(dead_code, reason = "the town is the people's, who need more of it")]
#[path = "people/town.rs"]
mod town;

use dugnad_door::Role;
use dugnad_proto::volunteers::v1::{
    self as pb, organisations_service_client::OrganisationsServiceClient,
};
use tonic::{service::interceptor::InterceptedService, transport::Channel};
use town::{Town, Who};

type Client = OrganisationsServiceClient<InterceptedService<Channel, Who>>;

fn calling(town: &Town, who: &str, role: Role) -> Client {
    OrganisationsServiceClient::new(town.called(who, role))
}

fn coordinator(town: &Town) -> Client {
    calling(town, "cora", Role::Coordinator)
}

fn themselves(town: &Town, who: &str) -> Client {
    calling(town, who, Role::Person)
}

fn organisation(display_name: &str) -> pb::Organisation {
    pb::Organisation { display_name: display_name.to_owned(), ..Default::default() }
}

/// One that was written down by hand; its name.
async fn made(town: &Town, display_name: &str) -> String {
    let organisation = Some(organisation(display_name));
    let request = pb::CreateOrganisationRequest { organisation, request_id: town.id() };
    let made = coordinator(town).create_organisation(request).await.unwrap().into_inner();
    made.organisation.unwrap().name
}

async fn get(client: &mut Client, name: &str) -> pb::Organisation {
    let request = pb::GetOrganisationRequest { name: name.to_owned() };
    client.get_organisation(request).await.unwrap().into_inner().organisation.unwrap()
}
