//! Making a draft: looks that are each done in a moment, a solve outside, what the rule book says to the
//! whole, and the solve again.
//!
//! Cancelled, or left by its client, it ends at once and leaves nothing; once it is being stored it goes
//! through.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use dugnad_assign::{Answer, Progress, check};
use dugnad_budget::{Budget, Clock, Part as Share};
use dugnad_door::{Call, Problem, status};
use dugnad_events::{
    PlanId,
    matching::{PlanFigures, PlanPart},
};
use dugnad_ledger::Ask;
use dugnad_proto::matching::v1 as pb;
use dugnad_vault::PersonId;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tonic::{Code, Status};

use super::{Planner, Running, plan_of, read::Wanted, show, store::fresh};
use crate::{
    model::{Command, MOST_PARTS, PlanCommand, State},
    planner::{
        self, Barred, Opening, Pairs, Posed, Question,
        gather::{self, Pins, Time},
    },
};

/// A look at the state is to take about so long: commands wait meanwhile.
const LOOK: Duration = Duration::from_millis(8);
/// How often the rest is solved again because rules took something out.
const ROUNDS: usize = 4;

type Tell = mpsc::Sender<Result<pb::PlanPeriodResponse, Status>>;

/// One plan being made.
pub(super) struct Task {
    pub(super) planner: Planner,
    pub(super) call: Call,
    pub(super) wanted: Wanted,
    pub(super) plan: PlanId,
    running: Arc<Running>,
    tell: Tell,
}

/// A draft before it is stored.
pub(super) struct Made {
    pub(super) based_on: u64,
    pub(super) figures: PlanFigures,
    pub(super) parts: Vec<PlanPart>,
}

/// Wall time that a cancelled plan uses up at once.
struct Limit {
    clock: Clock,
    running: Arc<Running>,
}

impl Budget for Limit {
    fn used(&self, steps: u64) -> f64 {
        if self.running.is_cancelled() { 1.0 } else { self.clock.used(steps) }
    }
}

impl Task {
    pub(super) fn new(
        planner: Planner,
        call: Call,
        wanted: Wanted,
        tell: Tell,
    ) -> Result<Self, Status> {
        let plan = plan_of(wanted.id);
        let running = planner.register(&call.caller.tenant, plan).ok_or_else(under_way)?;
        Ok(Self { planner, call, wanted, plan, running, tell })
    }

    pub(super) async fn run(self) {
        let made = tokio::select! {
            biased;
            () = self.running.told.notified() => Err(cancelled()),
            () = self.tell.closed() => Err(cancelled()),
            made = self.made() => made,
        };
        // Whatever still computes ends with it.
        self.running.cancel();
        let last = match made {
            Ok(made) => self.stored(made).await,
            Err(status) => Err(status),
        };
        self.planner.unregister(&self.call.caller.tenant, self.plan);
        // Whoever asked may be gone.
        let _ = self.tell.send(last).await;
    }

    /// A draft, or nothing if a request that is repeated has made it before.
    async fn made(&self) -> Result<Option<Made>, Status> {
        self.progress(PlanFigures::default());
        let plan = self.plan;
        if self
            .planner
            .desk
            .look(&self.call, move |state, _| state.plans.get(plan).is_some())
            .await?
        {
            return Ok(None);
        }
        let scope = self.wanted.scope.clone();
        let begin = Command::Plan(Box::new(PlanCommand::Begin { scope: scope.clone() }));
        let ask = Ask { request_id: fresh(), command: begin };
        let begun = self.planner.desk.ledger.execute(&self.call.caller, ask, None).await;
        let based_on = begun.map_err(|error| status(&error))?.position;
        let times = move |state: &State, now| gather::times(state, now, &scope);
        let (pins, times) = self.planner.desk.look(&self.call, times).await?;
        let pins = Arc::new(pins);
        let mut question = Question::default();
        let openings = self.gather(&times, &pins, gather::FEW).await?;
        let places = openings.iter().map(|it| it.places as usize).sum::<usize>();
        if places + pins.parts.len() > MOST_PARTS {
            return Err(too_large(places));
        }
        question.openings = openings;
        let (question, posed, answer) = self.solved(question, &pins).await?;
        let parts = self.parts(question, posed, answer, &pins).await?;
        Ok(Some(Made { based_on, ..parts }))
    }

    /// Each time with its best candidates, a few times a look.
    async fn gather(
        &self,
        times: &[Time],
        pins: &Arc<Pins>,
        k: usize,
    ) -> Result<Vec<Opening>, Status> {
        let mut openings: Vec<Opening> = Vec::with_capacity(times.len());
        let pins = pins.clone();
        let found = self.in_looks(times.to_vec(), move |state, now, time: &Time| {
            gather::opening(state, now, time, &pins, k)
        });
        openings.extend(found.await?.into_iter().flatten());
        Ok(openings)
    }

    /// Asks the state about each item, as many at a time as are done in [`LOOK`].
    async fn in_looks<T, R>(
        &self,
        items: Vec<T>,
        ask: impl Fn(&State, Timestamp, &T) -> R + Clone + Send + 'static,
    ) -> Result<Vec<R>, Status>
    where
        T: Clone + Send + Sync + 'static,
        R: Send + 'static,
    {
        let items: Arc<[T]> = items.into();
        let mut found = Vec::with_capacity(items.len());
        while found.len() < items.len() {
            let (from, of, ask) = (found.len(), items.clone(), ask.clone());
            let look = move |state: &State, now| {
                let began = Instant::now();
                let mut found = Vec::new();
                for item in &of[from..] {
                    found.push(ask(state, now, item));
                    if began.elapsed() > LOOK {
                        break;
                    }
                }
                found
            };
            found.extend(self.planner.desk.look(&self.call, look).await?);
        }
        Ok(found)
    }

    /// Solved until the rule book has nothing against the whole, or time is up: then what it has
    /// something against is left out.
    async fn solved(
        &self,
        mut question: Question,
        pins: &Arc<Pins>,
    ) -> Result<(Question, Posed, Answer), Status> {
        let clock = Clock::lasting(self.wanted.budget);
        let limit = Arc::new(Limit { clock, running: self.running.clone() });
        self.most(&mut question, pins).await?;
        let mut before = Pairs::new();
        for round in 1.. {
            let share = 1.0 / (1 + ROUNDS.saturating_sub(round)) as f64;
            let (back, posed, answer) =
                self.solve(question, std::mem::take(&mut before), &limit, share).await?;
            question = back;
            let pairs = posed.pairs(&answer);
            let (shared, broken) = self.broken(question, &pairs, pins).await?;
            question = shared;
            let widened = round == 1 && self.widen(&mut question, &posed, &answer, pins).await?;
            let ended = answer.is_proved() || round >= ROUNDS || limit.spent(0);
            if broken.is_empty() && !widened && ended {
                return Ok((question, posed, answer));
            }
            before = pairs
                .into_iter()
                .filter(|pair| !broken.iter().any(|(at, it)| (*at, it.person) == *pair))
                .collect();
            for (opening, barred) in broken {
                question.bar(opening, barred);
            }
            if round >= ROUNDS || limit.spent(0) {
                return standing(question, before, answer.bound);
            }
        }
        Err(defect())
    }

    async fn solve(
        &self,
        question: Question,
        before: Pairs,
        limit: &Arc<Limit>,
        share: f64,
    ) -> Result<(Question, Posed, Answer), Status> {
        let (limit, tell, name) = (limit.clone(), self.tell.clone(), self.plan.to_string());
        let work = move || {
            let posed = question.pose().ok()?;
            let progress = |now: Progress| {
                let figures = Some(show::figures(posed.figures(now)));
                let name = name.clone();
                // Whoever does not read it in time hears of the next.
                let _ = tell.try_send(Ok(pb::PlanPeriodResponse { name, figures, plan: None }));
            };
            let rest = (1.0 - limit.used(0)).max(0.0);
            let part = Share::of(&*limit, 0, rest * share);
            let answer = planner::answer(&posed, &before, &part, &progress);
            Some((question, posed, answer))
        };
        tokio::task::spawn_blocking(work).await.ok().flatten().ok_or_else(defect)
    }

    /// How much each candidate takes at most.
    async fn most(&self, question: &mut Question, pins: &Arc<Pins>) -> Result<(), Status> {
        let all = question.openings.iter().flat_map(|it| &it.suits).map(|suits| suits.person);
        let mut people: Vec<PersonId> = all.collect();
        people.sort_unstable();
        people.dedup();
        let (scope, pins) = (self.wanted.scope.clone(), pins.clone());
        let found = self.in_looks(people.clone(), move |state, _, person: &PersonId| {
            gather::most(state, &scope, &pins, *person)
        });
        let found = people.into_iter().zip(found.await?);
        question.most = found.filter_map(|(person, most)| Some((person, most?))).collect();
        Ok(())
    }

    /// What the rule book has against the answer.
    async fn broken(
        &self,
        question: Question,
        pairs: &Pairs,
        pins: &Arc<Pins>,
    ) -> Result<(Question, Vec<(u32, Barred)>), Status> {
        let mut beside: HashMap<u32, Vec<PersonId>> = HashMap::new();
        for (opening, person) in pairs {
            beside.entry(*opening).or_default().push(*person);
        }
        let shared = Arc::new(question);
        let (seen, pins) = (shared.clone(), pins.clone());
        let broken = self.in_looks(gather::by_person(pairs), move |state, now, theirs| {
            gather::broken(state, now, &seen, &pins, theirs, &beside)
        });
        let broken = broken.await?.into_iter().flatten().collect();
        let question = Arc::try_unwrap(shared).unwrap_or_else(|shared| (*shared).clone());
        Ok((question, broken))
    }

    /// Looks further for times that stayed open though there may be more who suit. Whether there were.
    async fn widen(
        &self,
        question: &mut Question,
        posed: &Posed,
        answer: &Answer,
        pins: &Arc<Pins>,
    ) -> Result<bool, Status> {
        let open = open_times(posed, answer);
        let short = |at: &usize| !question.openings[*at].all;
        let short: Vec<usize> = open.into_iter().filter(short).collect();
        let times: Vec<Time> = short.iter().map(|at| question.openings[*at].time).collect();
        let wider = self.gather(&times, pins, gather::MANY).await?;
        let mut widened = false;
        for opening in wider {
            let old = question.openings.iter_mut().find(|it| it.time == opening.time);
            if let Some(old) = old.filter(|old| old.suits.len() < opening.suits.len()) {
                *old = opening;
                widened = true;
            }
        }
        if widened {
            self.most(question, pins).await?;
        }
        Ok(widened)
    }

    /// The parts of the draft, the pinned ones among them, by their times.
    async fn parts(
        &self,
        mut question: Question,
        posed: Posed,
        answer: Answer,
        pins: &Arc<Pins>,
    ) -> Result<Made, Status> {
        let open = open_times(&posed, &answer);
        let times: Vec<Time> = open.iter().map(|at| question.openings[*at].time).collect();
        let misses = self.in_looks(times, gather::misses);
        for (at, misses) in open.into_iter().zip(misses.await?) {
            let opening = &mut question.openings[at];
            let known = |it: &Barred| opening.barred.iter().any(|had| had.person == it.person);
            let new: Vec<_> = misses.into_iter().filter(|it| !known(it)).collect();
            opening.barred.extend(new);
        }
        let pins = pins.clone();
        let made = tokio::task::spawn_blocking(move || {
            let mut figures = posed.figures(Progress {
                cost: answer.cost,
                bound: answer.bound,
                open_places: answer.open_places,
            });
            let pinned = u32::try_from(pins.parts.len()).unwrap_or(u32::MAX);
            figures.places += pinned;
            figures.filled += pinned;
            Made { based_on: 0, figures, parts: merged(&question, &posed, &answer, &pins) }
        });
        made.await.map_err(|_| defect())
    }

    fn progress(&self, figures: PlanFigures) {
        let (name, figures) = (self.plan.to_string(), Some(show::figures(figures)));
        let _ = self.tell.try_send(Ok(pb::PlanPeriodResponse { name, figures, plan: None }));
    }
}

/// What is left when time is up: feasible, for only pairs were taken out.
fn standing(
    question: Question,
    pairs: Pairs,
    bound: i64,
) -> Result<(Question, Posed, Answer), Status> {
    let posed = question.pose().map_err(|_| defect())?;
    let number = |(opening, person): (u32, PersonId)| {
        let person = posed.people.binary_search(&person).ok()?;
        Some((opening, person as u32))
    };
    let mut pairs: Vec<(u32, u32)> = pairs.into_iter().filter_map(number).collect();
    pairs.sort_unstable();
    let judged = check(&posed.problem, &pairs).map_err(|_| defect())?;
    let (cost, open_places) = (judged.cost, judged.open_places);
    let answer = Answer { pairs, cost, bound: bound.min(cost), open_places, duals: None };
    Ok((question, posed, answer))
}

/// Openings with a place that nobody takes.
fn open_times(posed: &Posed, answer: &Answer) -> Vec<usize> {
    let mut left: Vec<u32> = posed.problem.needs().iter().map(|need| need.heads).collect();
    answer.pairs.iter().for_each(|pair| left[pair.0 as usize] -= 1);
    (0..left.len()).filter(|at| left[*at] > 0).collect()
}

fn merged(question: &Question, posed: &Posed, answer: &Answer, pins: &Pins) -> Vec<PlanPart> {
    let starts: HashMap<_, _> =
        question.openings.iter().map(|it| ((it.time.need, it.time.slot), it.time.start)).collect();
    let drafted = planner::draft(question, posed, answer).into_iter();
    let drafted = drafted.map(|part| (starts[&(part.need, part.slot)], part));
    let mut parts: Vec<_> = pins.parts.iter().cloned().chain(drafted).collect();
    // Stable: pinned first, then as the draft has them.
    parts.sort_by_key(|(start, part)| (*start, part.need, part.slot));
    parts.into_iter().map(|(_, part)| part).collect()
}

fn cancelled() -> Status {
    let message = "the plan was cancelled".to_owned();
    Problem { code: Code::Cancelled, reason: "PLAN_CANCELLED", message }.into()
}

fn under_way() -> Status {
    let message = "this plan is being made already".to_owned();
    Problem { code: Code::Aborted, reason: "PLAN_UNDER_WAY", message }.into()
}

fn too_large(places: usize) -> Status {
    let message = format!("{places} places are too many for one plan; {MOST_PARTS} are allowed");
    Problem { code: Code::ResourceExhausted, reason: "PLAN_TOO_LARGE", message }.into()
}

fn defect() -> Status {
    let message = "the plan does not hold; this is a defect of ours".to_owned();
    Problem { code: Code::Internal, reason: "PLANNER_DEFECT", message }.into()
}
