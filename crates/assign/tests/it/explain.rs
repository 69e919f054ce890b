//! Explanations against plain enumeration: the price of a pair, and the smallest relaxations.

use dugnad_assign::{
    Answer, Cost, Edge, Fairness, Need, NeedIx, Person, PersonIx, Problem, Window, check,
    explain::{Barred, Change, Explainer, Limit, Relaxation, Verdict},
};
use dugnad_budget::Steps;
use proptest::{option, prelude::*};

use crate::brute::cheapest;

/// Enough for the search to prove anything as small as these.
const ENOUGH: Steps = Steps(200_000);

proptest! {
    #[test]
    fn a_pair_that_falls_by_what_it_is_said_to_need_is_in_a_best_answer_and_not_before(
        parts in parts(false),
    ) {
        let problem = parts.problem();
        let answer = best(&problem);
        let explainer = Explainer::new(&problem, &answer).unwrap();

        for edge in problem.edges() {
            let told = explainer.explain(edge.need, edge.person, &Steps(0)).unwrap();
            match told.verdict {
                Verdict::Passed { with: Some(with), .. } => {
                    prop_assert!(with.exact);
                    prop_assert!(parts.uses(edge, with.dearer), "not at {}", with.dearer);
                    prop_assert!(with.dearer == 0 || !parts.uses(edge, with.dearer - 1));
                    let told = moved(&problem, &answer, &with);
                    prop_assert!(told.contains(&(edge.need, edge.person)));
                    let cost = check(&problem, &told).unwrap().cost;
                    prop_assert_eq!(cost, answer.cost + with.dearer);
                }
                Verdict::Passed { with: None, .. } => prop_assert!(parts.fixed(edge).is_none()),
                Verdict::Assigned { without } => {
                    let without = without.unwrap();
                    prop_assert!(without.exact);
                    let rest = parts.lacking(edge);
                    prop_assert_eq!(without.dearer, cheapest(&rest).0 - answer.cost);
                    let told = moved(&problem, &answer, &without);
                    prop_assert!(!told.contains(&(edge.need, edge.person)));
                    let cost = check(&problem, &told).unwrap().cost;
                    prop_assert_eq!(cost, answer.cost + without.dearer);
                }
                Verdict::Pinned => {
                    let person = &problem.people()[edge.person as usize];
                    prop_assert!(person.pinned.contains(&edge.need));
                }
                other => prop_assert!(false, "an edge is {:?}", other),
            }
        }
    }

    #[test]
    fn where_windows_and_loads_matter_an_estimate_names_an_answer_that_exists(
        parts in parts(true),
        budget in prop::sample::select(vec![Steps(0), ENOUGH]),
    ) {
        let problem = parts.problem();
        let answer = best(&problem);
        let explainer = Explainer::new(&problem, &answer).unwrap();

        for edge in problem.edges() {
            let told = explainer.explain(edge.need, edge.person, &budget).unwrap();
            let (change, other) = match told.verdict {
                Verdict::Passed { with, .. } => (with, parts.fixed(edge)),
                Verdict::Assigned { without } => (without, Some(parts.lacking(edge))),
                _ => continue,
            };
            let Some(other) = other else {
                prop_assert_eq!(change, None);
                continue;
            };
            let change = change.unwrap();
            let dearer = cheapest(&other).0 - answer.cost;
            prop_assert!(change.dearer >= dearer);
            prop_assert!(!change.exact || change.dearer == dearer);
            let told = moved(&problem, &answer, &change);
            prop_assert_eq!(check(&other, &told).unwrap().cost, answer.cost + change.dearer);
        }
    }

    #[test]
    fn what_keeps_a_pair_apart_is_nothing_if_and_only_if_it_could_just_be_added(
        parts in parts(true),
        skip in 0usize..4,
    ) {
        let problem = parts.problem();
        let answer = thinned(&problem, &best(&problem), skip);
        let explainer = Explainer::new(&problem, &answer).unwrap();

        for edge in problem.edges() {
            let told = explainer.explain(edge.need, edge.person, &Steps(0)).unwrap();
            if let Verdict::Passed { limits, .. } = told.verdict {
                let added = answer.pairs.iter().copied().chain([(edge.need, edge.person)]);
                let added = check(&problem, &added.collect::<Vec<_>>());
                let fits = added.is_ok_and(|checked| checked.cost <= answer.cost);
                prop_assert_eq!(limits.is_empty(), fits, "{:?}", limits);
            }
        }
    }

    #[test]
    fn a_place_left_open_is_filled_by_the_smallest_sets_of_rules_that_enumeration_finds(
        parts in parts(true),
        skip in 0usize..4,
        bars in prop::collection::vec((0u32..3, 0u32..4, 0usize..3, -5i64..40, 0u32..40), 0..6),
    ) {
        let problem = parts.problem();
        let answer = thinned(&problem, &best(&problem), skip);
        let barred: Vec<Barred> = bars
            .into_iter()
            .map(|(need, person, rules, cost, load)| {
                let rules = (0..=rules as u32).chain([0]).collect();
                Barred { need, person, rules, cost, load }
            })
            .collect();
        let explainer = Explainer::new(&problem, &answer).unwrap().with_barred(barred.clone());

        for need in 0..problem.needs().len() as NeedIx {
            let found = explainer.fill(need);

            let has = answer.pairs.iter().filter(|pair| pair.0 == need).count();
            let open = problem.needs()[need as usize].heads as usize > has;
            for person in 0..problem.people().len() as PersonIx {
                let told = found.iter().find(|relaxation| relaxation.person == person);
                let smallest = if open && !answer.pairs.contains(&(need, person)) {
                    smallest(&parts, &answer, &barred, need, person)
                } else {
                    None
                };
                prop_assert_eq!(told.map(|told| told.limits.len()), smallest, "{:?}", told);
            }
            let size = |relaxation: &Relaxation| relaxation.limits.len();
            prop_assert!(found.is_sorted_by_key(size));
        }
    }
}

#[test]
fn an_explanation_reads_as_what_one_would_say() {
    let window = |start| Some(Window { start, end: start + 60 });
    let needs = vec![need(1, window(480), 100), need(1, window(500), 100), need(1, None, 5)];
    let people = vec![person(1), person(2)];
    let edges = vec![edge(0, 0, 10), edge(0, 1, 47), edge(1, 0, 2), edge(1, 1, 3), edge(2, 1, 9)];
    let problem = Problem::new(needs, people, edges).unwrap();
    let answer = best(&problem);
    let barred = Barred { need: 2, person: 0, rules: vec![7, 4], cost: 3, load: 0 };
    let explainer = Explainer::new(&problem, &answer).unwrap().with_barred(vec![barred]);
    let say = |need, person| explainer.explain(need, person, &ENOUGH).unwrap().to_string();

    assert_eq!(
        say(0, 0),
        "Person 0 takes need 0 for 10. Otherwise need 0 goes from person 0 to person 1, \
         need 1 goes from person 1 to person 0, which costs 36 more."
    );
    assert_eq!(
        say(0, 1),
        "Person 1 does not take need 0: its places are taken by person 0; need 1 of theirs is at \
         the same time. They would need to be 36 cheaper; then need 0 goes from person 0 to \
         person 1, need 1 goes from person 1 to person 0."
    );
    assert_eq!(say(2, 0), "Person 0 is barred from need 2 by rules 4 and 7.");
    assert_eq!(
        explainer.fill(2).iter().map(Relaxation::to_string).collect::<Vec<_>>(),
        [
            "Person 1 could take need 2 for 9 but for this: that costs 4 more than leaving it \
             open.",
            "Person 0 could take need 2 for 3 but for this: rule 4 bars them; rule 7 bars them; \
             they take no more than need 0.",
        ]
    );
    assert_eq!(explainer.explain(3, 0, &ENOUGH), None);
}

/// What a problem is made of, kept to be made again a little otherwise.
#[derive(Clone, Debug)]
struct Parts {
    needs: Vec<Need>,
    people: Vec<Person>,
    edges: Vec<Edge>,
    fairness: Option<Fairness>,
}

impl Parts {
    fn problem(&self) -> Problem {
        self.try_problem().unwrap()
    }

    fn try_problem(&self) -> Option<Problem> {
        let (needs, people) = (self.needs.clone(), self.people.clone());
        let problem = Problem::new(needs, people, self.edges.clone()).ok()?;
        match self.fairness.clone() {
            Some(fairness) => problem.with_fairness(fairness).ok(),
            None => Some(problem),
        }
    }

    /// Whether some best answer has the pair once its cost has fallen by `fall`.
    fn uses(&self, edge: &Edge, fall: Cost) -> bool {
        let mut other = self.clone();
        let at = self.edges.iter().position(|e| (e.need, e.person) == (edge.need, edge.person));
        other.edges[at.unwrap()].cost -= fall;
        let fixed = other.fixed(edge).unwrap();
        cheapest(&fixed).0 == cheapest(&other.problem()).0
    }

    /// With the pair pinned, if that is possible.
    fn fixed(&self, edge: &Edge) -> Option<Problem> {
        let mut other = self.clone();
        other.people[edge.person as usize].pinned.push(edge.need);
        other.try_problem()
    }

    fn lacking(&self, edge: &Edge) -> Problem {
        let mut other = self.clone();
        other.edges.retain(|e| (e.need, e.person) != (edge.need, edge.person));
        other.problem()
    }
}

/// Three needs and four people; `hard` with windows and loads that matter.
fn parts(hard: bool) -> impl Strategy<Value = Parts> {
    let window = option::of((0i64..6, 1i64..4)).prop_map(move |window| {
        let (start, long) = window.filter(|_| hard)?;
        Some(Window { start, end: start + long })
    });
    let need =
        (0u32..3, window, 0i64..60).prop_map(|(heads, window, open)| need(heads, window, open));
    let limit = option::of(0u64..80).prop_map(move |limit| limit.filter(|_| hard));
    let person =
        (0u32..3, limit).prop_map(|(capacity, max_load)| Person { max_load, ..person(capacity) });
    let edge = (0u32..3, 0u32..4, -5i64..60, 0u32..40)
        .prop_map(|(need, person, cost, load)| Edge { need, person, cost, load });
    let steps = prop::collection::vec(0i64..15, 1..3).prop_map(|mut steps| {
        steps.sort_unstable();
        Fairness::Needs(steps)
    });
    (
        prop::collection::vec(need, 3),
        prop::collection::vec(person, 4),
        prop::collection::vec(edge, 0..11),
        option::of(steps),
        any::<prop::sample::Index>(),
    )
        .prop_map(|(needs, people, mut edges, fairness, pin)| {
            edges.sort_by_key(|edge| (edge.need, edge.person));
            edges.dedup_by_key(|edge| (edge.need, edge.person));
            let parts = Parts { needs, people, edges, fairness };
            if parts.edges.is_empty() {
                return parts;
            }
            let mut pinned = parts.clone();
            let edge = parts.edges[pin.index(parts.edges.len())];
            pinned.people[edge.person as usize].pinned.push(edge.need);
            if pinned.try_problem().is_some() { pinned } else { parts }
        })
}

fn need(heads: u32, window: Option<Window>, open_cost: Cost) -> Need {
    Need { heads, window, place: None, open_cost }
}

fn person(capacity: u32) -> Person {
    Person { capacity, max_load: None, pinned: Vec::new(), round: 0 }
}

fn edge(need: NeedIx, person: PersonIx, cost: Cost) -> Edge {
    Edge { need, person, cost, load: 0 }
}

fn best(problem: &Problem) -> Answer {
    let (cost, mut pairs) = cheapest(problem);
    pairs.sort_unstable();
    let open_places = check(problem, &pairs).unwrap().open_places;
    Answer { pairs, cost, bound: cost, open_places, duals: None }
}

/// The same with one pair in `skip` taken out, and no longer proved; 0 leaves it.
fn thinned(problem: &Problem, answer: &Answer, skip: usize) -> Answer {
    let kept = |at: usize, (need, person): (NeedIx, PersonIx)| {
        skip == 0
            || !at.is_multiple_of(skip)
            || problem.people()[person as usize].pinned.contains(&need)
    };
    let pairs = answer.pairs.iter().enumerate().filter(|(at, pair)| kept(*at, **pair));
    let pairs: Vec<_> = pairs.map(|(_, pair)| *pair).collect();
    let checked = check(problem, &pairs).unwrap();
    let (cost, open_places) = (checked.cost, checked.open_places);
    Answer { pairs, cost, open_places, ..answer.clone() }
}

/// The pairs after all moves.
fn moved(problem: &Problem, answer: &Answer, change: &Change) -> Vec<(NeedIx, PersonIx)> {
    let mut pairs = answer.pairs.clone();
    for one in &change.moves {
        if let Some(from) = one.from {
            let at = pairs.iter().position(|pair| *pair == (one.need, from)).unwrap();
            pairs.remove(at);
        }
        pairs.extend(one.to.map(|to| (one.need, to)));
    }
    check(problem, &pairs).unwrap();
    pairs
}

/// By trying all: how many of the rules, capacity, overlaps, load and price must give way before
/// the judge allows the pair at no loss. None if the two are no pair at all.
fn smallest(
    parts: &Parts,
    answer: &Answer,
    barred: &[Barred],
    need: NeedIx,
    person: PersonIx,
) -> Option<usize> {
    let is_edge = |e: &&Edge| (e.need, e.person) == (need, person);
    let candidates: Vec<(Edge, Vec<u32>)> = match parts.edges.iter().find(is_edge) {
        Some(edge) => vec![(*edge, Vec::new())],
        None => {
            let bars = barred.iter().filter(|bar| (bar.need, bar.person) == (need, person));
            bars.map(|bar| {
                let edge = Edge { need, person, cost: bar.cost, load: bar.load };
                let rules: std::collections::BTreeSet<u32> = bar.rules.iter().copied().collect();
                (edge, rules.into_iter().collect())
            })
            .collect()
        }
    };
    let theirs: Vec<NeedIx> =
        answer.pairs.iter().filter(|pair| pair.1 == person).map(|pair| pair.0).collect();
    let sizes = candidates.into_iter().filter_map(|(edge, rules)| {
        let toggles = rules.len() + 3 + theirs.len();
        (0..1u32 << toggles)
            .filter(|set| relaxed(parts, answer, edge, &theirs, rules.len(), *set))
            .map(|set| set.count_ones() as usize)
            .min()
    });
    sizes.min()
}

/// Whether the judge allows the pair at no loss once this set of limits gives way: first the
/// rules, then capacity, load and price, then an overlap with each of their needs.
fn relaxed(
    parts: &Parts,
    answer: &Answer,
    edge: Edge,
    theirs: &[NeedIx],
    rules: usize,
    set: u32,
) -> bool {
    let gives_way = |at: usize| set >> at & 1 == 1;
    if !(0..rules).all(gives_way) {
        return false;
    }
    let mut other = parts.clone();
    if rules > 0 {
        other.edges.push(edge);
    }
    let person = &mut other.people[edge.person as usize];
    person.capacity += u32::from(gives_way(rules));
    if gives_way(rules + 1) {
        person.max_load = None;
    }
    for (at, &need) in theirs.iter().enumerate() {
        if gives_way(rules + 3 + at) {
            other.needs[need as usize].window = None;
        }
    }
    let pairs: Vec<_> = answer.pairs.iter().copied().chain([(edge.need, edge.person)]).collect();
    let checked = check(&other.problem(), &pairs);
    checked.is_ok_and(|checked| gives_way(rules + 2) || checked.cost <= answer.cost)
}

#[test]
fn in_a_hard_order_of_rounds_no_figure_is_called_exact() {
    let people = vec![person(1), Person { round: 1, ..person(1) }];
    let edges = vec![edge(0, 0, 30), edge(0, 1, 10)];
    let problem = Problem::new(vec![need(1, None, 90)], people, edges).unwrap();
    let pairs = vec![(0, 0)];
    let answer = Answer { pairs, cost: 30, bound: 30, open_places: 0, duals: None };

    let told = Explainer::new(&problem, &answer).unwrap().explain(0, 1, &ENOUGH).unwrap();

    let Verdict::Passed { with: Some(with), .. } = &told.verdict else { panic!("{told:?}") };
    assert_eq!((with.dearer, with.exact), (-20, false));
    assert!(told.to_string().contains("A cheaper answer has them"), "{told}");
}

#[test]
fn an_open_place_that_nobody_could_fill_says_so_by_silence() {
    let problem = Problem::new(vec![need(1, None, 9)], vec![person(1)], Vec::new()).unwrap();
    let answer = best(&problem);
    let explainer = Explainer::new(&problem, &answer).unwrap();

    assert_eq!(explainer.fill(0), []);
    let verdict = explainer.explain(0, 0, &Steps(0)).map(|told| told.verdict);
    assert_eq!(verdict, Some(Verdict::NoEdge));
}

#[test]
fn a_limit_of_load_says_how_far_it_is_exceeded() {
    let needs = vec![need(1, None, 50), need(1, None, 40)];
    let people = vec![Person { max_load: Some(100), ..person(2) }];
    let edges = vec![Edge { load: 70, ..edge(0, 0, 1) }, Edge { load: 60, ..edge(1, 0, 1) }];
    let problem = Problem::new(needs, people, edges).unwrap();
    let answer = best(&problem);

    let found = Explainer::new(&problem, &answer).unwrap().fill(1);

    assert_eq!(found[0].limits, [Limit::Load { has: 70, adds: 60, max: 100 }]);
}
