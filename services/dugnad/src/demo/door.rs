//! The way in: real gRPC clients of every service.

use std::time::Duration;

use anyhow::Result;
use dugnad_proto::{
    activities::v1::activities_service_client::ActivitiesServiceClient,
    matching::v1::matching_service_client::MatchingServiceClient,
    notices::v1::notices_service_client::NoticesServiceClient,
    rides::v1::rides_service_client::RidesServiceClient,
    rooms::v1::{
        doors_service_client::DoorsServiceClient, rooms_service_client::RoomsServiceClient,
    },
    volunteers::v1::{
        organisations_service_client::OrganisationsServiceClient,
        people_service_client::PeopleServiceClient, standing_service_client::StandingServiceClient,
    },
};

use crate::{
    client::{Called, Caller, Listener, heard},
    serve::Service,
};

/// How long one call may take: a promise on a full day on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Connections to every service, all called by the same coordinator. A clone shares them.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) rooms: RoomsServiceClient<Called>,
    pub(super) doors: DoorsServiceClient<Called>,
    pub(crate) people: PeopleServiceClient<Called>,
    pub(crate) standing: StandingServiceClient<Called>,
    pub(super) organisations: OrganisationsServiceClient<Called>,
    pub(crate) matching: MatchingServiceClient<Called>,
    pub(crate) activities: ActivitiesServiceClient<Called>,
    pub(crate) rides: RidesServiceClient<Called>,
    pub(super) notices: NoticesServiceClient<Called>,
}

impl Door {
    /// `url` says where each service answers.
    pub(crate) fn open(
        caller: &Caller,
        listener: Option<&Listener>,
        url: impl Fn(Service) -> String,
    ) -> Result<Self> {
        let of = |service| heard(&url(service), caller, PATIENCE, listener.cloned());
        let (rooms, volunteers) = (of(Service::Rooms)?, of(Service::Volunteers)?);
        Ok(Self {
            rooms: RoomsServiceClient::new(rooms.clone()),
            doors: DoorsServiceClient::new(rooms),
            people: PeopleServiceClient::new(volunteers.clone()),
            standing: StandingServiceClient::new(volunteers.clone()),
            organisations: OrganisationsServiceClient::new(volunteers),
            matching: MatchingServiceClient::new(of(Service::Matching)?),
            activities: ActivitiesServiceClient::new(of(Service::Activities)?),
            rides: RidesServiceClient::new(of(Service::Rides)?),
            notices: NoticesServiceClient::new(of(Service::Notices)?),
        })
    }
}
