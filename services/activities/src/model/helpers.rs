//! Helpers: wanted by kind and number, each kind a need of its own in matching.

use std::collections::BTreeSet;

use dugnad_events::{
    AssignmentId, NeedId,
    activities::{Helpers, Venue, What},
    matching::{Need, Place, Slot, Want},
};

use super::{Occurrence, Stage, act::Act};

/// Why nobody is asked where somebody closed the need in matching.
pub(crate) const CLOSED: &str = "CLOSED";

/// Why none are asked where matching has as many needs as it can have.
const NO_ROOM: &str = "TOO_MANY";

/// One kind of helpers, as it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The need in matching.
    pub need: NeedId,
    /// What matching is to post, or has.
    pub facts: Need,
    /// Whether it is posted.
    pub posted: bool,
    /// Why nobody is asked: `UPPER_SNAKE_CASE`, and for a person to read.
    pub refused: Option<(String, String)>,
    /// Who comes; matching says who that is.
    pub came: BTreeSet<AssignmentId>,
}

impl Line {
    /// How many are missing.
    #[must_use]
    pub fn missing(&self) -> u32 {
        self.facts.heads.saturating_sub(u32::try_from(self.came.len()).unwrap_or(u32::MAX))
    }
}

impl Occurrence {
    pub(super) fn take_helpers(&mut self, what: &What) {
        match what {
            What::HelpersWanted { want, need, .. } => self.helpers.push(Line {
                need: want.need(),
                facts: (**need).clone(),
                posted: false,
                refused: None,
                came: BTreeSet::new(),
            }),
            What::HelpersReleased { need } => self.helpers.retain(|line| line.need != *need),
            What::HelpersPosted { need } => self.on_line(*need, |line| line.posted = true),
            What::HelperCame { need, assignment } => self.on_line(*need, |line| {
                line.came.insert(*assignment);
            }),
            What::HelperLeft { need, assignment } => self.on_line(*need, |line| {
                line.came.remove(assignment);
            }),
            What::HelpersRefused { need, reason, message } => self.on_line(*need, |line| {
                line.refused = Some((reason.clone(), message.clone()));
                line.came.clear();
            }),
            _ => {}
        }
    }

    /// Whether there are helpers whom matching had no room to ask for.
    pub(super) fn lacks_asking(&self) -> bool {
        let no_room = |(reason, _): &(String, String)| reason == NO_ROOM;
        self.helpers.iter().any(|line| line.refused.as_ref().is_some_and(no_room))
    }

    fn on_line(&mut self, need: NeedId, change: impl FnOnce(&mut Line)) {
        if let Some(line) = self.helpers.iter_mut().find(|line| line.need == need) {
            change(line);
        }
    }

    pub(super) fn line(&self, need: NeedId) -> Option<&Line> {
        self.helpers.iter().find(|line| line.need == need)
    }
}

impl Act<'_> {
    pub(super) fn settle_helpers(&mut self) {
        let cancelled = self.occurrence.stage == Stage::Cancelled;
        if !cancelled && !self.is_arranged() {
            return;
        }
        let wished = if cancelled { &[] } else { self.facts.helpers.as_slice() };
        let wanted: Vec<Need> = wished.iter().map(|it| self.need(it)).collect();
        let gone = self.occurrence.helpers.iter().filter(|line| !wanted.contains(&line.facts));
        let gone: Vec<_> = gone.map(|line| (line.facts.kind.clone(), line.need)).collect();
        for need in wanted {
            if !self.occurrence.helpers.iter().any(|line| line.facts == need) {
                let before = gone.iter().find(|(kind, _)| *kind == need.kind);
                self.want_helpers(need, before.map(|(_, need)| *need));
            }
        }
        for (_, need) in gone {
            self.say(What::HelpersReleased { need });
        }
    }

    fn want_helpers(&mut self, need: Need, instead_of: Option<NeedId>) {
        let (want, by) = (self.want(), self.by);
        self.say(What::HelpersWanted { want, need: Box::new(need), by, instead_of });
    }

    /// Lets go of helpers whom nobody is asked for, so that they are asked for anew. Whether there were
    /// such.
    pub(super) fn release_refused_helpers(&mut self) -> bool {
        let refused = self.occurrence.helpers.iter().filter(|line| line.refused.is_some());
        let refused: Vec<_> = refused.map(|line| line.need).collect();
        for need in &refused {
            self.say(What::HelpersReleased { need: *need });
        }
        !refused.is_empty()
    }

    /// What matching is to post.
    fn need(&self, helpers: &Helpers) -> Need {
        let at = match &self.facts.venue {
            Venue::Outside(outside) => outside.at,
            Venue::Room(_) => None,
        };
        let area = self.facts.area.clone();
        let place = (area.is_some() || at.is_some()).then_some(Place { area, at });
        Need {
            kind: helpers.kind.clone(),
            receiver: None,
            heads: helpers.heads,
            place,
            slots: vec![Slot { windows: vec![self.occurrence.span] }],
            want: Want::default(),
            about: self.occurrence.id.to_string(),
        }
    }

    pub(super) fn hear_posted(&mut self, need: NeedId) {
        if self.occurrence.line(need).is_some_and(|line| !line.posted) {
            self.say(What::HelpersPosted { need });
        }
    }

    pub(super) fn hear_no_helpers(&mut self, need: NeedId, reason: String, message: String) {
        if self.occurrence.line(need).is_some_and(|line| line.refused.is_none()) {
            self.say(What::HelpersRefused { need, reason, message });
        }
    }

    pub(super) fn hear_came(&mut self, need: NeedId, assignment: AssignmentId) {
        if self.occurrence.line(need).is_some_and(|line| !line.came.contains(&assignment)) {
            self.say(What::HelperCame { need, assignment });
        }
    }

    pub(super) fn hear_left(&mut self, need: NeedId, assignment: AssignmentId) {
        if self.occurrence.line(need).is_some_and(|line| line.came.contains(&assignment)) {
            self.say(What::HelperLeft { need, assignment });
        }
    }
}
