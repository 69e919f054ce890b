//! Services that run in another process: asked for what they hold of a person, so that an export is
//! whole wherever they run; and the register, asked how somebody is reached.

use std::{collections::HashMap, str::FromStr, sync::Arc, time::Duration};

use async_trait::async_trait;
use clap::ValueEnum as _;
use dugnad_activities::Activities;
use dugnad_journal::Tenant;
use dugnad_ledger::Model as _;
use dugnad_matching::Matching;
use dugnad_notices::{CALLER, Contact, Contacts, Notices};
use dugnad_proto::{
    activities::v1::{self as activities, activities_service_client::ActivitiesServiceClient},
    matching::v1::{self as matching, matching_service_client::MatchingServiceClient},
    notices::v1::{self as notices, notices_service_client::NoticesServiceClient},
    rides::v1::{self as rides, rides_service_client::RidesServiceClient},
    rooms::v1::{self as rooms, rooms_service_client::RoomsServiceClient},
    volunteers::v1::{self as volunteers, people_service_client::PeopleServiceClient},
};
use dugnad_rides::Rides;
use dugnad_rooms::Rooms;
use dugnad_vault::PersonId;
use dugnad_volunteers::Holdings;
use serde_json::Value;
use tonic::{Status, transport::Endpoint};
use uuid::{Uuid, uuid};

use super::{Service, notices::reached};
use crate::client::{Caller, called};

/// Stands for the register when it asks another service.
const REGISTER: Uuid = uuid!("7b0d3a52-53c5-4f0c-9a53-0c3a2c9f6d11");

const PATIENCE: Duration = Duration::from_secs(10);

/// A service in another process, as `rooms=http://HOST:PORT`.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) service: Service,
    url: String,
}

impl FromStr for Peer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "must be such as rooms=http://127.0.0.1:7070".to_owned();
        let (service, url) = text.split_once('=').ok_or_else(form)?;
        let service = Service::from_str(service, true).map_err(|_| form())?;
        Endpoint::from_shared(url.to_owned()).map_err(|_| form())?;
        Ok(Self { service, url: url.to_owned() })
    }
}

#[async_trait]
impl Holdings for Peer {
    fn service(&self) -> &'static str {
        match self.service {
            Service::Activities => Activities::SERVICE,
            Service::Matching => Matching::SERVICE,
            Service::Rides => Rides::SERVICE,
            Service::Notices => Notices::SERVICE,
            Service::Rooms | Service::Volunteers => Rooms::SERVICE,
        }
    }

    async fn held(&self, tenant: &Tenant, person: PersonId) -> Result<Value, Status> {
        let wrong = |why: String| Status::unavailable(format!("{}: {why}", self.service()));
        let caller = Caller::new(tenant.as_str(), REGISTER, "service");
        let caller = caller.map_err(|error| wrong(error.to_string()))?;
        let called = called(&self.url, &caller, PATIENCE);
        let called = called.map_err(|error| wrong(error.to_string()))?;
        let person = person.to_string();
        let json = match self.service {
            Service::Activities => {
                let request = activities::HeldOfPersonRequest { person };
                let mut client = ActivitiesServiceClient::new(called);
                client.held_of_person(request).await?.into_inner().json
            }
            Service::Matching => {
                let request = matching::HeldOfPersonRequest { person };
                MatchingServiceClient::new(called).held_of_person(request).await?.into_inner().json
            }
            Service::Rides => {
                let request = rides::HeldOfPersonRequest { person };
                RidesServiceClient::new(called).held_of_person(request).await?.into_inner().json
            }
            Service::Notices => {
                let request = notices::HeldOfPersonRequest { person };
                NoticesServiceClient::new(called).held_of_person(request).await?.into_inner().json
            }
            Service::Rooms | Service::Volunteers => {
                let request = rooms::HeldOfPersonRequest { person };
                RoomsServiceClient::new(called).held_of_person(request).await?.into_inner().json
            }
        };
        serde_json::from_str(&json).map_err(|error| wrong(error.to_string()))
    }
}

/// The register, if it runs in another process.
pub(super) fn register(peers: &[Peer]) -> Option<Arc<dyn Contacts>> {
    let register = peers.iter().find(|peer| peer.service == Service::Volunteers)?;
    Some(Arc::new(register.clone()))
}

#[async_trait]
impl Contacts for Peer {
    async fn contacts(
        &self,
        tenant: &Tenant,
        people: &[PersonId],
    ) -> Result<HashMap<PersonId, Contact>, String> {
        let wrong = |error: anyhow::Error| format!("the register: {error}");
        let caller = Caller::new(tenant.as_str(), CALLER, "service").map_err(wrong)?;
        let called = called(&self.url, &caller, PATIENCE).map_err(wrong)?;
        let request = volunteers::BatchGetPeopleRequest {
            people: people.iter().map(ToString::to_string).collect(),
            purpose: volunteers::Purpose::Notice.into(),
            about: String::new(),
        };
        let answer = PeopleServiceClient::new(called).batch_get_people(request).await;
        Ok(reached(answer.map_err(|status| status.message().to_owned())?.into_inner().people))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_a_service_and_where_it_answers() {
        let peer: Peer = "matching=http://127.0.0.1:7072".parse().unwrap();

        assert_eq!((peer.service, peer.service()), (Service::Matching, "matching"));
        for text in ["", "rooms", "halls=http://a:1", "rooms=a b"] {
            assert!(text.parse::<Peer>().is_err(), "{text}");
        }
    }
}
