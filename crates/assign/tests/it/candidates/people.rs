//! Random people, needs and changes, with so few tags and days that everything collides.

use dugnad_assign::{
    Window,
    candidates::{Gender, GenderWish, PersonKey, Place, Point, Profile, Tag, Wanted, Weights},
};
use jiff::{
    Span,
    civil::{Date, date},
};
use proptest::{option, prelude::*};

/// What a pool is told.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Upsert(PersonKey, Box<Profile>),
    Remove(PersonKey),
}

pub(crate) fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        5 => (0u64..25, profile()).prop_map(|(key, profile)| Change::Upsert(key, profile.into())),
        1 => (0u64..25).prop_map(Change::Remove),
    ]
}

fn tags(most: usize) -> impl Strategy<Value = Vec<Tag>> {
    prop::collection::vec(0u32..4, 0..=most)
}

/// A day within some weeks of the needs' days.
fn day() -> impl Strategy<Value = Date> {
    (-20i64..20).prop_map(|days| date(2026, 12, 1).saturating_add(Span::new().days(days)))
}

fn born() -> impl Strategy<Value = Date> {
    (day(), 15i16..22, any::<bool>()).prop_map(|(day, years, leap)| match leap {
        true => date(2008, 2, 29),
        false => day.saturating_sub(Span::new().years(years)),
    })
}

fn gender() -> impl Strategy<Value = Gender> {
    prop::sample::select(vec![Gender::Female, Gender::Male, Gender::Other])
}

fn point() -> impl Strategy<Value = Point> {
    (0u32..60, 0u32..60).prop_map(|(east, north)| {
        Point::new(10.0 + f64::from(east) / 300.0, 59.7 + f64::from(north) / 600.0).unwrap()
    })
}

/// Spans that overlap, touch, are empty, last for months or lie before the start.
fn span() -> impl Strategy<Value = Window> {
    prop_oneof![
        20 => (-3i64..20, 0i64..30, 0i64..20).prop_map(|(day, from, long)| {
            let start = day * 1440 + from * 30 + 480;
            Window { start, end: start + long * 30 }
        }),
        1 => (-3i64..20).prop_map(|day| Window { start: day * 1440, end: (day + 90) * 1440 }),
    ]
}

prop_compose! {
    pub(crate) fn profile()(
        (skills, languages, interests) in (tags(4), tags(3), tags(4)),
        courses in prop::collection::vec((0u32..3, day()), 0..4),
        (check, born, gender) in (option::of(day()), option::of(born()), option::of(gender())),
        (home, goes) in (option::weighted(0.9, point()), 0u32..9_000),
        free in prop::collection::vec(span(), 0..12),
        load in 0u32..4,
    ) -> Profile {
        Profile {
            skills, languages, interests, courses, check, born, gender, home, goes, free, load,
        }
    }
}

prop_compose! {
    /// Each filter is there half the time, so that some pass.
    pub(crate) fn wanted()(
        day in day(),
        (skills, languages, courses) in (tags(1), tags(1), tags(1)),
        check in any::<bool>(),
        (min_age, max_age) in (option::of(14u8..22), option::of(16u8..24)),
        gender in option::of((gender(), prop::bool::weighted(0.3))),
        place in option::of((point(), 0u32..12_000)),
        window in option::of(span()),
        excluded in prop::collection::vec(0u64..25, 0..3),
        (interests, rather_languages) in (tags(5), tags(3)),
        before in prop::collection::vec(0u64..30, 0..3),
        (kilometre, interest, language) in (0u32..40, 0u32..30, 0u32..30),
        (by_gender, by_before, by_load) in (0u32..30, 0u32..30, 0u32..12),
    ) -> Wanted {
        let gender = gender.map(|(gender, strict)| GenderWish { gender, strict });
        let place = place.map(|(point, within)| Place { point, within });
        let weights = Weights {
            kilometre, interest, language, gender: by_gender, before: by_before, load: by_load,
        };
        Wanted {
            day, skills, languages, courses, check, min_age, max_age, gender, place, window,
            excluded, interests, rather_languages, before, weights,
        }
    }
}

/// One more of many, without a strategy's bookkeeping.
pub(crate) fn seeded_profile(rng: &mut fastrand::Rng) -> Profile {
    let mut tags = |most: usize| (0..rng.usize(..=most)).map(|_| rng.u32(..4)).collect();
    let (languages, interests) = (tags(3), tags(4));
    let lon = 10.0 + rng.f64() / 4.0;
    Profile {
        languages,
        interests,
        born: Some(date(rng.i16(1940..2012), 5, 17)),
        gender: [None, Some(Gender::Female), Some(Gender::Male)][rng.usize(..3)],
        home: Point::new(lon, 59.7 + rng.f64() / 8.0),
        goes: rng.u32(..30_000),
        free: vec![Window { start: 0, end: rng.i64(1..25) * 1440 }],
        load: rng.u32(..1000),
        ..Profile::default()
    }
}

/// A need on 1 December 2026 at 18–20, and somebody who fails six of its rules.
pub(crate) fn choir_evening() -> (Wanted, Profile) {
    let point = |lat| Point::new(10.2, lat).unwrap();
    let wanted = Wanted {
        skills: vec![1, 3],
        languages: vec![1],
        courses: vec![2],
        check: true,
        min_age: Some(18),
        place: Some(Place { point: point(59.75), within: 10_000 }),
        window: Some(Window { start: 18 * 60, end: 20 * 60 }),
        ..Wanted::on(date(2026, 12, 1))
    };
    let profile = Profile {
        skills: vec![1],
        languages: vec![1],
        courses: vec![(2, date(2026, 11, 30)), (2, date(2026, 3, 1))],
        check: Some(date(2026, 3, 1)),
        born: Some(date(2008, 12, 2)),
        home: Some(point(59.8148)),
        goes: 5_000,
        free: vec![Window { start: 19 * 60, end: 22 * 60 }],
        ..Profile::default()
    };
    (wanted, profile)
}
