//! gRPC clients that say who calls.

use std::time::Duration;

use anyhow::Result;
use dugnad_proto::{
    activities::v1::activities_service_client::ActivitiesServiceClient,
    matching::v1::{
        matching_service_client::MatchingServiceClient, plan_service_client::PlanServiceClient,
        solve_service_client::SolveServiceClient,
    },
    notices::v1::notices_service_client::NoticesServiceClient,
    rides::v1::rides_service_client::RidesServiceClient,
    rooms::v1::{
        rooms_service_client::RoomsServiceClient, season_service_client::SeasonServiceClient,
        shifts_service_client::ShiftsServiceClient,
    },
    volunteers::v1::{
        organisations_service_client::OrganisationsServiceClient,
        people_service_client::PeopleServiceClient, standing_service_client::StandingServiceClient,
    },
};
use tonic::{
    Request, Status,
    metadata::AsciiMetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};
use uuid::Uuid;

/// Who calls, in which municipality, as what.
#[derive(Clone, Debug)]
pub struct Caller {
    tenant: AsciiMetadataValue,
    id: AsciiMetadataValue,
    role: Option<AsciiMetadataValue>,
}

impl Caller {
    /// Somebody in the municipality `tenant`.
    ///
    /// # Panics
    /// If `tenant` is not visible ASCII.
    pub fn new(tenant: &str) -> Self {
        Self::known(tenant, Uuid::now_v7())
    }

    /// Whoever has this id in the municipality `tenant`.
    ///
    /// # Panics
    /// If `tenant` is not visible ASCII.
    pub fn known(tenant: &str, id: Uuid) -> Self {
        Self { tenant: value(tenant), id: value(&id.to_string()), role: None }
    }

    /// The same, calling as `staff`, `coordinator` or `service`.
    ///
    /// # Panics
    /// If `role` is not visible ASCII.
    #[must_use]
    pub fn acting_as(self, role: &str) -> Self {
        Self { role: Some(value(role)), ..self }
    }
}

fn value(text: &str) -> AsciiMetadataValue {
    text.parse().expect("visible ASCII")
}

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("dugnad-tenant", self.tenant.clone());
        request.metadata_mut().insert("dugnad-caller", self.id.clone());
        if let Some(role) = &self.role {
            request.metadata_mut().insert("dugnad-role", role.clone());
        }
        Ok(request)
    }
}

/// A connection on which somebody calls.
pub type Called = InterceptedService<Channel, Caller>;

/// The rooms service, called by somebody.
pub type Rooms = RoomsServiceClient<Called>;
/// Season allocation, called by somebody.
pub type Season = SeasonServiceClient<Called>;
/// Evening shifts, called by somebody.
pub type Shifts = ShiftsServiceClient<Called>;
/// People, called by somebody.
pub type People = PeopleServiceClient<Called>;
/// Organisations, called by somebody.
pub type Organisations = OrganisationsServiceClient<Called>;
/// Standing, called by somebody.
pub type Standing = StandingServiceClient<Called>;
/// Matching, called by somebody.
pub type Matching = MatchingServiceClient<Called>;
/// Notices, called by somebody.
pub type Notices = NoticesServiceClient<Called>;
/// Activities, called by somebody.
pub type Activities = ActivitiesServiceClient<Called>;
/// Plans, called by somebody.
pub type Plans = PlanServiceClient<Called>;
/// Rides, called by somebody.
pub type Rides = RidesServiceClient<Called>;
/// The stateless solver, called by somebody.
pub type Solve = SolveServiceClient<Called>;

/// A connection of its own, made when first used; for `People::new(called(..)?)` and its like.
///
/// # Errors
/// If `url` is none.
pub fn called(url: &str, caller: &Caller) -> Result<Called> {
    let channel = Endpoint::from_shared(url.to_owned())?
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(30))
        .tcp_nodelay(true)
        .connect_lazy();
    Ok(InterceptedService::new(channel, caller.clone()))
}

/// A client on a connection of its own, made when first used.
///
/// # Errors
/// If `url` is none.
pub fn rooms(url: &str, caller: &Caller) -> Result<Rooms> {
    called(url, caller).map(Rooms::new)
}

/// A client on a connection that is there.
pub fn on(channel: Channel, caller: &Caller) -> Rooms {
    Rooms::new(InterceptedService::new(channel, caller.clone()))
}

/// A request id for one intent.
pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}
