//! Gathers a problem from messages: each field within its bounds and named where it is not.
//!
//! Names become numbers at once, so what is kept of an edge is 24 bytes however long its ids are;
//! therefore a need must come before whoever is pinned to it and both ends before an edge.

use dugnad_assign::{Edge, Fairness, MAX_COST, Need, Person, Problem, Travel, Window};
use dugnad_door::{
    Invalid, Within as _, field,
    solving::{Effort, Ids, at_most},
};
use dugnad_proto::matching::v1 as pb;
use pb::solve_fairness::Per;
use tonic::Status;

const MOST_NEEDS: usize = 100_000;
const MOST_PEOPLE: usize = 1_000_000;
const MOST_EDGES: usize = 2_000_000;
const MOST_PLACES: usize = 1000;
const MOST_STEPS: usize = 100;
const MOST_HEADS: u32 = 10_000;
/// Needs that are one person's beforehand; each is held against each other.
const MOST_PINNED: usize = 100;
/// Each round is a solve of its own.
const LAST_ROUND: u32 = 15;

/// A problem as far as it has come in.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) effort: Effort,
    pub(super) seed: u64,
    pub(super) explain: bool,
    open_cost: i64,
    travel: Option<Travel>,
    fairness: Option<Fairness>,
    places: Ids,
    need_ids: Ids,
    person_ids: Ids,
    needs: Vec<Need>,
    /// By need, for edges that have no load of their own.
    loads: Vec<u32>,
    people: Vec<Person>,
    edges: Vec<Edge>,
}

/// What the caller calls its needs and its people, by number.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) needs: Vec<String>,
    pub(super) people: Vec<String>,
}

impl Asked {
    pub(super) fn begin(options: &pb::SolveOptions) -> Result<Self, Status> {
        let mut asked = Self {
            effort: Effort::read(options.threads, options.budget, options.steps)
                .within("options")?,
            seed: options.seed,
            explain: options.explain,
            open_cost: open_cost(options.open_cost).within("options")?,
            travel: None,
            fairness: fairness(options.fairness.as_ref()).within("options")?,
            places: Ids::default(),
            need_ids: Ids::default(),
            person_ids: Ids::default(),
            needs: Vec::new(),
            loads: Vec::new(),
            people: Vec::new(),
            edges: Vec::new(),
        };
        if let Some(travel) = &options.travel {
            let read = asked.travel(travel).within("travel").within("options");
            asked.travel = Some(read?);
        }
        Ok(asked)
    }

    /// One more message; its options were taken from it if it is the first.
    pub(super) fn take(&mut self, message: pb::SolveRequest) -> Result<(), Status> {
        if message.options.is_some() {
            return Err(Invalid::new("options", "must stand in the first message only").into());
        }
        at_most("needs", self.needs.len() + message.needs.len(), MOST_NEEDS)?;
        at_most("people", self.people.len() + message.people.len(), MOST_PEOPLE)?;
        at_most("edges", self.edges.len() + message.edges.len(), MOST_EDGES)?;
        for need in message.needs {
            let at = self.needs.len();
            self.need(need).within_item("needs", at)?;
        }
        for person in message.people {
            let at = self.people.len();
            self.person(person).within_item("people", at)?;
        }
        for edge in &message.edges {
            let at = self.edges.len();
            self.edge(edge).within_item("edges", at)?;
        }
        Ok(())
    }

    /// The whole problem, checked, and what its parts are called.
    pub(super) fn build(self) -> Result<(Problem, Names), Invalid> {
        let named = |e: dugnad_assign::Invalid| Invalid::new(e.field, e.problem);
        let mut problem = Problem::new(self.needs, self.people, self.edges).map_err(named)?;
        if let Some(travel) = self.travel {
            problem = problem.with_travel(travel).map_err(named)?;
        }
        if let Some(fairness) = self.fairness {
            problem = problem.with_fairness(fairness).map_err(named).within("options")?;
        }
        let names =
            Names { needs: self.need_ids.into_names(), people: self.person_ids.into_names() };
        Ok((problem, names))
    }

    fn travel(&mut self, travel: &pb::SolveTravel) -> Result<Travel, Invalid> {
        let count = field::at_most("places", &travel.places, MOST_PLACES)?.len();
        for (at, place) in travel.places.iter().enumerate() {
            let added = self.places.add(place.clone());
            // The item is the id itself.
            let added = added.map_err(|e| Invalid::new("", e.to_string().replacen("id ", "", 1)));
            added.within_item("places", at)?;
        }
        if travel.minutes.len() != count * count {
            return Err(Invalid::new("minutes", format!("must be {count} times {count} numbers")));
        }
        Ok(Travel { places: count as u32, minutes: travel.minutes.clone() })
    }

    fn need(&mut self, need: pb::SolveNeed) -> Result<(), Invalid> {
        self.need_ids.add(need.id)?;
        if !(1..=MOST_HEADS).contains(&need.heads) {
            return Err(Invalid::new("heads", format!("must be from 1 to {MOST_HEADS}")));
        }
        let place = match need.place.as_str() {
            "" => None,
            place => Some(self.places.find("place", place, "places")?),
        };
        let window = need.window.map(|window| Window { start: window.start, end: window.end });
        if window.is_some_and(|window| window.start >= window.end) {
            return Err(Invalid::new("window.end", "must come after the start"));
        }
        let open_cost = open_cost(need.open_cost.unwrap_or(self.open_cost))?;
        self.needs.push(Need { heads: need.heads, window, place, open_cost });
        self.loads.push(need.load);
        Ok(())
    }

    fn person(&mut self, person: pb::SolvePerson) -> Result<(), Invalid> {
        self.person_ids.add(person.id)?;
        if person.capacity == 0 {
            return Err(Invalid::new("capacity", "must be at least 1"));
        }
        if person.round > LAST_ROUND {
            return Err(Invalid::new("round", format!("must be at most {LAST_ROUND}")));
        }
        let pinned = field::at_most("pinned", &person.pinned, MOST_PINNED)?.iter().enumerate();
        let find = |(at, need): (usize, &String)| {
            self.need_ids.find("", need, "needs").within_item("pinned", at)
        };
        self.people.push(Person {
            capacity: person.capacity,
            max_load: person.max_load,
            pinned: pinned.map(find).collect::<Result<_, _>>()?,
            round: person.round,
        });
        Ok(())
    }

    fn edge(&mut self, edge: &pb::SolveEdge) -> Result<(), Invalid> {
        let need = self.need_ids.find("need", &edge.need, "needs")?;
        let person = self.person_ids.find("person", &edge.person, "people")?;
        if edge.cost.unsigned_abs() > MAX_COST.unsigned_abs() {
            return Err(Invalid::new("cost", format!("must be from -{MAX_COST} to {MAX_COST}")));
        }
        let load = edge.load.unwrap_or(self.loads[need as usize]);
        self.edges.push(Edge { need, person, cost: edge.cost, load });
        Ok(())
    }
}

fn open_cost(cost: i64) -> Result<i64, Invalid> {
    if (0..=MAX_COST).contains(&cost) {
        return Ok(cost);
    }
    Err(Invalid::new("open_cost", format!("must be from 0 to {MAX_COST}")))
}

fn fairness(asked: Option<&pb::SolveFairness>) -> Result<Option<Fairness>, Invalid> {
    let Some(asked) = asked else { return Ok(None) };
    let (kind, fairness) = match field::required("per", asked.per.as_ref()).within("fairness")? {
        Per::Need(need) => ("fairness.need", Fairness::Needs(need.steps.clone())),
        Per::Load(load) => {
            let (every, steps) = (load.every, load.steps.clone());
            ("fairness.load", Fairness::Load { every, steps })
        }
    };
    let steps = match &fairness {
        Fairness::Load { every: 0, .. } => {
            return Err(Invalid::new("every", "must be at least 1")).within(kind);
        }
        Fairness::Needs(steps) | Fairness::Load { steps, .. } => steps,
    };
    let fits = (1..=MOST_STEPS).contains(&steps.len()) && steps.is_sorted();
    if fits && steps.iter().all(|step| (0..=MAX_COST).contains(step)) {
        return Ok(Some(fairness));
    }
    let problem =
        format!("must be 1 to {MOST_STEPS} costs between 0 and {MAX_COST} that never fall");
    Err(Invalid::new("steps", problem)).within(kind)
}
