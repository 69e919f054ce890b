//! The pool against a plain scan of everybody: the same people, in the same order.

mod people;

use dugnad_assign::candidates::{
    Candidate, Miss, PersonKey, Place, Point, Pool, Profile, Rule, Wanted, Weights,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use people::{Change, change, profile, seeded_profile, wanted};

/// Everybody, as the caller told it.
type Everybody = std::collections::BTreeMap<PersonKey, Profile>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn after_any_changes_the_best_are_those_that_a_scan_finds(
        changes in prop::collection::vec(change(), 1..60),
        needs in prop::collection::vec(wanted(), 1..6),
        k in 0usize..12,
    ) {
        let (pool, everybody) = told(&changes);

        for wanted in &needs {
            prop_assert_eq!(order(&pool.top(k, wanted)), scan(&everybody, k, wanted));
        }
        prop_assert_eq!(pool.len(), everybody.len());
    }

    #[test]
    fn terms_add_up_to_the_score(
        changes in prop::collection::vec(change(), 1..40),
        wanted in wanted(),
    ) {
        for candidate in told(&changes).0.top(40, &wanted) {
            let points: i64 = candidate.terms.iter().map(|term| term.points()).sum();
            prop_assert_eq!(points, candidate.score);
        }
    }

    #[test]
    fn a_person_has_no_failed_rule_if_and_only_if_they_are_a_candidate(
        changes in prop::collection::vec(change(), 1..40),
        wanted in wanted(),
    ) {
        let (pool, everybody) = told(&changes);

        for (&person, profile) in &everybody {
            let rules = pool.why_not(person, &wanted);
            prop_assert_eq!(rules.is_empty(), passes(person, profile, &wanted), "{:?}", rules);
        }
        prop_assert_eq!(pool.why_not(1 << 40, &wanted), vec![Rule::Unknown]);
    }

    #[test]
    fn the_nearest_misses_are_those_that_a_scan_finds(
        changes in prop::collection::vec(change(), 1..40),
        wanted in wanted(),
        k in 0usize..12,
    ) {
        let (pool, everybody) = told(&changes);

        let found = pool.nearest_misses(k, &wanted);

        let mut scanned: Vec<_> = everybody
            .iter()
            .filter(|(person, _)| !wanted.excluded.contains(person))
            .map(|(&person, profile)| {
                let rules = pool.why_not(person, &wanted);
                (rules.len(), wanted.place.map(|place| metres(profile, place.point)), person, rules)
            })
            .collect();
        scanned.sort_unstable_by_key(|(rules, metres, person, _)| (*rules, *metres, *person));
        scanned.truncate(k);
        let scanned = scanned.into_iter().map(|(.., person, rules)| Miss { person, rules });
        prop_assert_eq!(found, scanned.collect::<Vec<_>>());
    }

    #[test]
    fn a_person_told_again_and_removed_leaves_nothing_behind(
        profiles in prop::collection::vec(profile(), 1..6),
    ) {
        let mut pool = Pool::new();
        for profile in profiles {
            pool.upsert(7, profile);
        }
        pool.remove(7);
        prop_assert!(pool.is_empty() && pool.get(7).is_none());
        // Slot and bitmaps are those of a new pool: nobody is wanted by nobody's leftovers.
        pool.upsert(8, Profile::default());
        let day = jiff::civil::date(2026, 12, 1);
        for skill in 0..4 {
            let wanted = Wanted { skills: vec![skill], ..Wanted::on(day) };
            prop_assert!(pool.top(5, &wanted).is_empty());
        }
        let checked = Wanted { check: true, ..Wanted::on(day) };
        prop_assert!(pool.top(5, &checked).is_empty());
        prop_assert_eq!(order(&pool.top(5, &Wanted::on(day))), [(0, 8)]);
    }
}

#[test]
fn groups_too_large_to_ask_one_by_one_are_walked_outward_to_the_same_answer() {
    let mut rng = fastrand::Rng::with_seed(4);
    let everybody: Everybody =
        (0..9_000).map(|person| (person * 7 % 9_001, seeded_profile(&mut rng))).collect();
    let mut pool = Pool::new();
    for (&person, profile) in &everybody {
        pool.upsert(person, profile.clone());
    }
    let mut runner = TestRunner::deterministic();

    for _ in 0..25 {
        let mut wanted = wanted().new_tree(&mut runner).unwrap().current();
        wanted.skills.clear();
        wanted.languages.clear();
        wanted.courses.clear();
        wanted.check = false;
        wanted.interests.truncate(1);
        assert_eq!(order(&pool.top(20, &wanted)), scan(&everybody, 20, &wanted));
    }

    // Load outweighs any way, so that going outward comes to no end.
    let place = Some(Place { point: Point::new(10.1, 59.75).unwrap(), within: 100_000 });
    let weights = Weights { kilometre: 1, load: 100, ..Weights::default() };
    let wanted = Wanted { place, weights, ..Wanted::on(jiff::civil::date(2026, 12, 1)) };
    assert_eq!(order(&pool.top(20, &wanted)), scan(&everybody, 20, &wanted));
}

#[test]
fn a_failed_rule_reads_as_what_one_would_say() {
    let mut pool = Pool::new();
    let (wanted, person) = people::choir_evening();
    pool.upsert(1, person);

    let rules: Vec<String> = pool.why_not(1, &wanted).iter().map(Rule::to_string).collect();

    assert_eq!(
        rules,
        [
            "lacks skill 3",
            "has course 2 only until 2026-11-30",
            "has a check only until 2026-03-01",
            "is 17, at least 18 is wanted",
            "lives 7.2 km away, goes 5 km",
            "is busy 18:00–19:00",
        ]
    );
    let miss = &pool.nearest_misses(1, &Wanted { skills: vec![3], ..Wanted::on(wanted.day) })[0];
    assert_eq!(miss.to_string(), "Person 1 lacks skill 3");
}

/// The pool and what it was told, after all changes.
fn told(changes: &[Change]) -> (Pool, Everybody) {
    let (mut pool, mut everybody) = (Pool::new(), Everybody::new());
    for change in changes {
        match change.clone() {
            Change::Upsert(person, profile) => {
                pool.upsert(person, (*profile).clone());
                everybody.insert(person, *profile);
            }
            Change::Remove(person) => {
                assert_eq!(pool.remove(person).is_some(), everybody.remove(&person).is_some());
            }
        }
    }
    (pool, everybody)
}

fn order(candidates: &[Candidate]) -> Vec<(i64, PersonKey)> {
    candidates.iter().map(|candidate| (candidate.score, candidate.person)).collect()
}

/// Everybody asked in turn.
fn scan(everybody: &Everybody, k: usize, wanted: &Wanted) -> Vec<(i64, PersonKey)> {
    let pass = everybody.iter().filter(|(person, profile)| passes(**person, profile, wanted));
    let mut found: Vec<_> =
        pass.map(|(&person, profile)| (score(person, profile, wanted), person)).collect();
    found.sort_unstable_by_key(|&(score, person)| (-score, person));
    found.truncate(k);
    found
}

fn metres(profile: &Profile, from: Point) -> u32 {
    profile.home.map_or(u32::MAX, |home| home.metres(&from))
}

fn passes(person: PersonKey, profile: &Profile, wanted: &Wanted) -> bool {
    let has = |tags: &[u32], wanted: &[u32]| wanted.iter().all(|tag| tags.contains(tag));
    let course = |tag: &u32| profile.courses.iter().any(|c| c.0 == *tag && c.1 >= wanted.day);
    let years = profile.born.map(|born| born.until((jiff::Unit::Year, wanted.day)).unwrap());
    let years = years.map(|span| span.get_years());
    // All spans and windows begin and end at half hours.
    let minute_free = |minute| profile.free.iter().any(|f| (f.start..f.end).contains(&minute));
    has(&profile.skills, &wanted.skills)
        && has(&profile.languages, &wanted.languages)
        && wanted.courses.iter().all(course)
        && (!wanted.check || profile.check.is_some_and(|until| until >= wanted.day))
        && wanted.min_age.is_none_or(|min| years.is_some_and(|years| years >= min.into()))
        && wanted.max_age.is_none_or(|max| years.is_some_and(|years| years <= max.into()))
        && wanted.gender.is_none_or(|wish| !wish.strict || profile.gender == Some(wish.gender))
        && wanted.place.is_none_or(|place| {
            profile.home.is_some() && metres(profile, place.point) <= place.within.min(profile.goes)
        })
        && wanted
            .window
            .is_none_or(|window| (window.start..window.end).step_by(30).all(minute_free))
        && !wanted.excluded.contains(&person)
}

fn score(person: PersonKey, profile: &Profile, wanted: &Wanted) -> i64 {
    let shared = |wished: &[u32], has: &[u32]| {
        (0..4).filter(|tag| wished.contains(tag) && has.contains(tag)).count() as i64
    };
    let weights = wanted.weights;
    let wish = wanted.gender.filter(|wish| !wish.strict && profile.gender == Some(wish.gender));
    let way = wanted.place.map_or(0, |place| i64::from(metres(profile, place.point)));
    i64::from(weights.interest) * shared(&wanted.interests, &profile.interests)
        + i64::from(weights.language) * shared(&wanted.rather_languages, &profile.languages)
        + wish.map_or(0, |_| i64::from(weights.gender))
        + if wanted.before.contains(&person) { i64::from(weights.before) } else { 0 }
        - i64::from(weights.load) * i64::from(profile.load)
        - i64::from(weights.kilometre) * way / 1000
}
