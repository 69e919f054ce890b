//! A village of volunteers: words for signing up, for asking, and for waiting until one service has
//! heard what another said.

use std::{future::Future, time::Duration};

use dugnad_harness::{
    Caller, DugnadServer, Journal, Matching, NatsServer, People, Standing,
    clients::{Called, request_id},
};
use dugnad_proto::{
    matching::v1::{
        AcceptOfferRequest, FindCandidatesRequest, FindCandidatesResponse, GetNeedRequest,
        Interval, Kind, ListAssignmentsRequest, ListOffersRequest, Need, Offer, PostNeedRequest,
        SetKindRequest, StartAskingRequest,
    },
    volunteers::v1::{
        AdmitRequest, Details, Giver, IssueCertificateRequest, Requirements, Role, RoleCard,
        SetCourseRequest, SetRoleRequest, SignUpRequest,
    },
};
use tonic::Status;
use uuid::Uuid;

use crate::On;

/// No service takes longer to hear of another.
pub(crate) const HEARS_WITHIN: Duration = Duration::from_secs(30);

/// The municipality.
pub const TENANT: &str = "lillevik";
/// The role that visitors have, and its kind of need.
pub const VISIT: &str = "visit";
/// The course that visitors must have passed.
pub const COURSE: &str = "first-aid";

/// Somebody who brings volunteers and needs together, with a client of each service.
pub struct Coordinator {
    /// Of volunteers.
    pub people: People,
    /// Of volunteers.
    pub standing: Standing,
    /// Of matching.
    pub matching: Matching,
}

impl Coordinator {
    /// Where both services run in one process.
    pub fn of(server: &DugnadServer) -> Self {
        Self::of_two(server, server)
    }

    /// Where each runs in a process of its own.
    pub fn of_two(volunteers: &DugnadServer, matching: &DugnadServer) -> Self {
        let caller = Caller::new(TENANT).acting_as("coordinator");
        Self {
            people: People::new(called(volunteers, &caller)),
            standing: Standing::new(called(volunteers, &caller)),
            matching: Matching::new(called(matching, &caller)),
        }
    }

    /// Visitors must have passed a course; three are asked at a time.
    pub async fn sets_up(&mut self) {
        let course = dugnad_proto::volunteers::v1::Course {
            name: format!("courses/{COURSE}"),
            nb: "Førstehjelp".into(),
            en: "First aid".into(),
            ..Default::default()
        };
        let request = SetCourseRequest { course: Some(course), request_id: request_id() };
        self.standing.set_course(request).await.expect("a course");
        let requirements =
            Requirements { courses: vec![format!("courses/{COURSE}")], ..Default::default() };
        let card =
            RoleCard { nb: "Besøksvenn".into(), en: "Visitor".into(), ..Default::default() };
        let role = Role {
            name: format!("roles/{VISIT}"),
            requirements: Some(requirements),
            card: Some(card),
            ..Default::default()
        };
        let request = SetRoleRequest { role: Some(role), request_id: request_id() };
        self.standing.set_role(request).await.expect("a role");
        let kind = Kind { code: VISIT.into(), role: VISIT.into(), ..Default::default() };
        let request = SetKindRequest { kind: Some(kind), request_id: request_id() };
        self.matching.set_kind(request).await.expect("a kind");
    }

    /// Writes down a volunteer and takes them in.
    pub async fn takes_in(&mut self, name: &str) -> String {
        let details = Details {
            display_name: name.into(),
            phone: "+47 900 00 000".into(),
            ..Default::default()
        };
        let giver = Giver { standing: true, ..Default::default() };
        let request = SignUpRequest {
            details: Some(details),
            giver: Some(giver),
            request_id: request_id(),
            ..Default::default()
        };
        let answer = self.people.sign_up(request).await.expect("a volunteer").into_inner();
        let person = answer.person.expect("a person").name;
        let request = AdmitRequest { person: person.clone(), request_id: request_id() };
        self.people.admit(request).await.expect("taken in");
        person
    }

    /// Writes down that somebody passed the course, to count until `until` (`YYYY-MM-DD`; empty: for
    /// ever).
    pub async fn certifies(&mut self, person: &str, until: &str) {
        let request = IssueCertificateRequest {
            person: person.into(),
            course: format!("courses/{COURSE}"),
            start_date: "2026-01-01".into(),
            end_date: until.into(),
            request_id: request_id(),
            ..Default::default()
        };
        self.standing.issue_certificate(request).await.expect("a certificate");
    }

    /// A volunteer who may visit from today on.
    pub async fn takes_in_visitor(&mut self, name: &str) -> String {
        let person = self.takes_in(name).await;
        self.certifies(&person, "").await;
        person
    }

    /// Asks for one visitor at a time given in hours from a fixed midnight.
    pub async fn needs_visitor(&mut self, start: i64, end: i64) -> String {
        let need =
            Need { kind: VISIT.into(), times: vec![hours(start, end)], ..Default::default() };
        let request = PostNeedRequest { need: Some(need), request_id: request_id() };
        let answer = self.matching.post_need(request).await.expect("a need").into_inner();
        answer.need.expect("a need").name
    }

    /// Lets people be asked, and waits until `count` are.
    pub async fn asks(&mut self, need: &str, count: usize) -> Vec<Offer> {
        let request = StartAskingRequest { need: need.into(), request_id: request_id() };
        self.matching.start_asking(request).await.expect("asking");
        let asked = async {
            loop {
                let offers = self.offers(need).await;
                if offers.len() >= count {
                    return offers;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        within(asked).await
    }

    /// A need as it is now.
    pub async fn need(&mut self, need: &str) -> Need {
        let request = GetNeedRequest { name: need.into() };
        let answer = self.matching.get_need(request).await.expect("a need").into_inner();
        answer.need.expect("a need")
    }

    /// Who could come, and who of `people` could not.
    pub async fn candidates(&mut self, need: &str, people: &[&str]) -> FindCandidatesResponse {
        let request = FindCandidatesRequest {
            need: need.into(),
            count: 50,
            people: people.iter().map(ToString::to_string).collect(),
            ..Default::default()
        };
        self.matching.find_candidates(request).await.expect("candidates").into_inner()
    }

    /// The offers of a need.
    pub async fn offers(&mut self, need: &str) -> Vec<Offer> {
        let request =
            ListOffersRequest { need: need.into(), page_size: 1000, ..Default::default() };
        self.matching.list_offers(request).await.expect("offers").into_inner().offers
    }

    /// Who comes to a need.
    pub async fn assigned(&mut self, need: &str) -> Vec<String> {
        let request = ListAssignmentsRequest { need: need.into(), ..Default::default() };
        let answer = self.matching.list_assignments(request).await.expect("assignments");
        answer.into_inner().assignments.into_iter().map(|it| it.person).collect()
    }

    /// Waits until matching has heard that all of `people` may come to the need.
    pub async fn until_suit(&mut self, need: &str, people: &[&str]) {
        let wanted = people.len();
        let all = async {
            loop {
                let found = self.candidates(need, &[]).await.candidates;
                let suits = |person: &&&str| found.iter().any(|it| it.person == **person);
                if people.iter().filter(suits).count() == wanted {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        within(all).await;
    }
}

/// Matching and other services: on NATS a process each, on SQLite one for all.
pub struct Apart {
    /// The other services.
    pub rest: DugnadServer,
    matching: Option<DugnadServer>,
    _nats: Option<NatsServer>,
}

impl Apart {
    /// With these services beside matching.
    ///
    /// # Panics
    /// If they do not start.
    pub async fn start(on: On, services: &[&str]) -> Self {
        if on == On::Sqlite {
            let rest = DugnadServer::start(Journal::Sqlite).await.expect("a server");
            return Self { rest, matching: None, _nats: None };
        }
        let nats = NatsServer::start().expect("a nats-server");
        let journal = || Journal::Nats(nats.url());
        let rest = DugnadServer::start_with(journal(), services).await.expect("a server");
        let secrets = format!("--secrets={}", rest.dir().join("secrets").display());
        let options = ["matching", &secrets];
        let matching = DugnadServer::start_with(journal(), &options).await.expect("a server");
        Self { rest, matching: Some(matching), _nats: Some(nats) }
    }

    /// Who brings them together, on connections of their own.
    pub fn coordinator(&self) -> Coordinator {
        Coordinator::of_two(&self.rest, self.matching.as_ref().unwrap_or(&self.rest))
    }

    /// The process that runs matching.
    pub fn matching(&mut self) -> &mut DugnadServer {
        self.matching.as_mut().unwrap_or(&mut self.rest)
    }

    /// Kills matching; on SQLite, where all is one process, nothing yet.
    ///
    /// # Panics
    /// If it does not die.
    pub async fn matching_goes_down(&mut self) {
        if let Some(matching) = &mut self.matching {
            matching.kill9().await.expect("killed");
        }
    }

    /// Starts it again; on SQLite all is killed and started, and hears of the rest whenever it can.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn matching_comes_up(&mut self) {
        match &mut self.matching {
            Some(matching) => matching.restart().await.expect("started"),
            None => {
                self.rest.kill9().await.expect("killed");
                self.rest.restart().await.expect("started");
            }
        }
    }
}

/// Whoever this person is, calling for themselves.
pub fn themselves(server: &DugnadServer, person: &str) -> Matching {
    let id = person.strip_prefix("people/").expect("a person's name");
    let caller = Caller::known(TENANT, Uuid::try_parse(id).expect("a UUID"));
    Matching::new(called(server, &caller))
}

/// Says yes.
///
/// # Errors
/// What the service says.
pub async fn accept(matching: &mut Matching, offer: &str) -> Result<String, Status> {
    let request =
        AcceptOfferRequest { name: offer.into(), request_id: request_id(), ..Default::default() };
    Ok(matching.accept_offer(request).await?.into_inner().assignment)
}

/// From `start` to `end`, in hours from the scenarios' fixed midnight.
pub fn hours(start: i64, end: i64) -> Interval {
    let dugnad_proto::rooms::v1::Interval { start, end } = crate::hours(start, end);
    Interval { start, end }
}

/// # Panics
/// If it takes too long.
pub async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(HEARS_WITHIN, what).await.expect("it is heard in time")
}

fn called(server: &DugnadServer, caller: &Caller) -> Called {
    server.called(caller).expect("the server runs")
}
