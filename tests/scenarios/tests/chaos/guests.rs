//! Who comes to the town's evenings: signed up with and without a ride, waiting for a place, taking one
//! that became free, staying away; and what falls out around them: a roof leaks, a driver is ill.

use dugnad_harness::{
    Activities, Caller, Notices, People, Rides, Rooms, clients::request_id, sim::Seeded,
};
use dugnad_proto::{
    activities::v1::{self as activities, SignupState},
    notices::v1 as notices,
    rides::v1 as rides,
    rooms::v1 as rooms,
    volunteers::v1 as volunteers,
};
use dugnad_scenarios::{hours, village::TENANT};

use super::{
    month::{Month, pick, spot},
    town::Log,
};

/// So many people of each caller's, so that no two callers speak for one.
const GUESTS: usize = 4;
/// Evenings that people sign up for: the newest, so that some are full.
const NEWEST: usize = 4;

impl Month {
    /// People who can be written to, most of whom can be fetched; told at any hour, and at once.
    pub(crate) async fn has_guests(&mut self, callers: usize) {
        let policy = notices::Policy {
            sender: "Lillevik".into(),
            daily_limit: 100,
            climb_minutes: 10,
            ..Default::default()
        };
        let request = notices::SetPolicyRequest { policy: Some(policy), request_id: request_id() };
        let mut outbox = Notices::new(self.log.to("notices", &self.clerk));
        outbox.set_policy(request).await.unwrap();
        let mut rides = Rides::new(self.log.to("rides", &staff()));
        for caller in 0..callers {
            let mut theirs = Vec::new();
            for n in 0..GUESTS {
                let person = registers(&self.log, &self.clerk, &format!("gjest{caller}{n}")).await;
                let home = spot(i32::try_from((caller * GUESTS + n) * 2_000).unwrap());
                // Of the last nobody knows where they live: they hear that nobody drives them.
                if n + 1 < GUESTS {
                    let traveller =
                        rides::Traveller { person: person.clone(), home, ..Default::default() };
                    let traveller = Some(traveller);
                    let request =
                        rides::SetTravellerRequest { traveller, request_id: request_id() };
                    rides.set_traveller(request).await.unwrap();
                }
                theirs.push(person);
            }
            self.guests.push(theirs);
        }
    }

    /// One place and two who want it: the second waits, is offered it, and takes it.
    pub(crate) async fn fills_one_and_moves_up(&self, caller: usize, random: &mut Seeded) {
        let Some(date) = self.arranges(random, Some(1)).await else { return };
        let [first, second, ..] = &self.guests[caller][..] else { return };
        let Some(goes) = self.signs(&date, first, false, random).await else { return };
        drop(self.signs(&date, second, false, random).await);
        self.withdraws(goes).await;
        self.takes_offered_of(second).await;
    }

    pub(crate) async fn guest_comes(&self, caller: usize, random: &mut Seeded) {
        let newest = {
            let evenings = self.evenings.lock().unwrap();
            evenings[evenings.len().saturating_sub(NEWEST)..].to_vec()
        };
        let evening = pick(&mut newest.clone(), random, false);
        let guest = pick(&mut self.guests[caller].clone(), random, false);
        let Some(((_, date), guest)) = evening.zip(guest) else { return };
        let companion = random.below(4) == 0;
        if let Some(signup) = self.signs(&date, &guest, companion, random).await {
            self.signups.lock().unwrap().push(signup);
        }
    }

    async fn signs(
        &self,
        date: &str,
        person: &str,
        companion: bool,
        random: &mut Seeded,
    ) -> Option<String> {
        let request = activities::SignUpRequest {
            occurrence: date.to_owned(),
            person: person.to_owned(),
            companion,
            ride_there: random.below(3) > 0,
            ride_home: random.below(3) > 0,
            request_id: request_id(),
        };
        let call = ("SignUp", request.request_id.as_str());
        let signed = self.log.ask("activities", call, &self.clerk, async |to| {
            let signed = Activities::new(to).sign_up(request.clone()).await?.into_inner();
            let signup = signed.signup.unwrap().name;
            Ok((signup.clone(), vec![signup]))
        });
        signed.await.ok()
    }

    pub(crate) async fn guest_stays_away(&self, random: &mut Seeded) {
        let signup = pick(&mut self.signups.lock().unwrap(), random, true);
        if let Some(signup) = signup {
            self.withdraws(signup).await;
        }
    }

    async fn withdraws(&self, name: String) {
        let request = activities::WithdrawRequest { name, request_id: request_id() };
        let call = ("Withdraw", request.request_id.as_str());
        let done = self.log.ask("activities", call, &self.clerk, async |to| {
            Activities::new(to).withdraw(request.clone()).await?;
            Ok(((), vec![request.name.clone()]))
        });
        let _ = done.await;
    }

    pub(crate) async fn guest_moves_up(&self, caller: usize, random: &mut Seeded) {
        if let Some(guest) = pick(&mut self.guests[caller].clone(), random, false) {
            self.takes_offered_of(&guest).await;
        }
    }

    async fn takes_offered_of(&self, person: &str) {
        let request = activities::ListSignupsRequest {
            person: person.to_owned(),
            page_size: 200,
            ..Default::default()
        };
        let listed =
            Activities::new(self.log.to("activities", &self.clerk)).list_signups(request).await;
        let Ok(listed) = listed.map(|it| it.into_inner().signups) else { return };
        let Some(offered) = listed.into_iter().find(|it| it.state() == SignupState::Offered) else {
            return;
        };
        let request = activities::TakePlaceRequest { name: offered.name, request_id: request_id() };
        let call = ("TakePlace", request.request_id.as_str());
        let taken = self.log.ask("activities", call, &self.clerk, async |to| {
            Activities::new(to).take_place(request.clone()).await?;
            Ok(((), vec![request.name.clone()]))
        });
        let _ = taken.await;
    }

    /// The roof leaks for some hours: what is there moves to another hall, or is lost.
    pub(crate) async fn roof_leaks(&self, random: &mut Seeded) {
        let hall = pick(&mut self.halls.clone(), random, false).unwrap();
        let hour = i64::try_from(random.below(5 * 24)).unwrap();
        let request = rooms::CloseRoomRequest {
            room: hall,
            interval: Some(hours(hour, hour + 3)),
            reason: "Taket lekker".into(),
            request_id: request_id(),
            ..Default::default()
        };
        let (call, staff) = (("CloseRoom", request.request_id.as_str()), staff());
        let closed = self.log.ask("rooms", call, &staff, async |to| {
            let closed = Rooms::new(to).close_room(request.clone()).await?.into_inner();
            let closure = closed.closure.unwrap().name;
            Ok((closure.clone(), vec![closure]))
        });
        let Ok(name) = closed.await else { return };
        let request = rooms::ReopenRoomRequest { name, request_id: request_id() };
        let call = ("ReopenRoom", request.request_id.as_str());
        let open = self.log.ask("rooms", call, &staff, async |to| {
            Rooms::new(to).reopen_room(request.clone()).await?;
            Ok(((), vec![request.name.clone()]))
        });
        let _ = open.await;
    }

    /// One who drives falls ill for one of the days: others take over, or somebody is told.
    pub(crate) async fn driver_falls_ill(&self, random: &mut Seeded) {
        let ill = pick(&mut self.may_fall_ill.lock().unwrap(), random, true);
        let Some((driver, day, shift)) = ill else { return };
        let day = hours(day * 24, (day + 1) * 24);
        let request = rides::ReportDriverIllRequest {
            driver,
            from: day.start,
            until: day.end,
            request_id: request_id(),
        };
        let (call, staff) = (("ReportDriverIll", request.request_id.as_str()), staff());
        let done = self.log.ask("rides", call, &staff, async |to| {
            Rides::new(to).report_driver_ill(request.clone()).await?;
            Ok(((), vec![shift.clone()]))
        });
        let _ = done.await;
    }
}

pub(crate) fn staff() -> Caller {
    Caller::new(TENANT).acting_as("coordinator").acting_as("staff")
}

/// Somebody new in the register who can be written to.
pub(crate) async fn registers(log: &Log, clerk: &Caller, name: &str) -> String {
    let details = volunteers::Details {
        display_name: name.to_owned(),
        email: format!("{name}@example.org"),
        ..Default::default()
    };
    let giver = volunteers::Giver { standing: true, ..Default::default() };
    let request = volunteers::SignUpRequest {
        details: Some(details),
        giver: Some(giver),
        request_id: request_id(),
        ..Default::default()
    };
    let mut people = People::new(log.to("volunteers", clerk));
    let person = people.sign_up(request).await.unwrap().into_inner().person.unwrap().name;
    let request = volunteers::AdmitRequest { person: person.clone(), request_id: request_id() };
    people.admit(request).await.unwrap();
    person
}
