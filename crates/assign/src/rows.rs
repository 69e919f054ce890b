//! Many short lists in one piece of memory, each of which may grow.
//!
//! A list that is full moves to the end with twice the room; what it leaves is not used again, so
//! at most half the memory is lost. Places within a list stay what they are.

/// Lists of `T`, by number.
#[derive(Clone, Debug)]
pub(crate) struct Rows<T> {
    items: Vec<T>,
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    len: u32,
    room: u32,
}

impl<T: Copy> Rows<T> {
    /// As many empty lists.
    pub(crate) fn empty(rows: usize) -> Self {
        Self { items: Vec::new(), spans: vec![Span::default(); rows] }
    }

    /// List `r` is `items[starts[r]..starts[r + 1]]`.
    pub(crate) fn from_parts(items: Vec<T>, starts: &[u32]) -> Self {
        let span =
            |pair: &[u32]| Span { start: pair[0], len: pair[1] - pair[0], room: pair[1] - pair[0] };
        Self { items, spans: starts.windows(2).map(span).collect() }
    }

    /// One list more, empty.
    pub(crate) fn add_row(&mut self) {
        self.spans.push(Span::default());
    }

    pub(crate) fn len(&self, row: u32) -> u32 {
        self.spans[row as usize].len
    }

    pub(crate) fn of(&self, row: u32) -> &[T] {
        let span = self.spans[row as usize];
        &self.items[span.start as usize..(span.start + span.len) as usize]
    }

    pub(crate) fn of_mut(&mut self, row: u32) -> &mut [T] {
        let span = self.spans[row as usize];
        &mut self.items[span.start as usize..(span.start + span.len) as usize]
    }

    pub(crate) fn at(&self, row: u32, at: u32) -> &T {
        &self.items[(self.spans[row as usize].start + at) as usize]
    }

    pub(crate) fn at_mut(&mut self, row: u32, at: u32) -> &mut T {
        &mut self.items[(self.spans[row as usize].start + at) as usize]
    }

    /// Appends to a list.
    pub(crate) fn push(&mut self, row: u32, item: T) {
        let span = &mut self.spans[row as usize];
        if span.len == span.room {
            let (from, len) = (span.start as usize, span.len as usize);
            span.start = self.items.len() as u32;
            span.room = (span.room * 2).max(1);
            self.items.extend_from_within(from..from + len);
            self.items.resize(self.items.len() + (span.room - span.len) as usize, item);
        }
        self.items[(span.start + span.len) as usize] = item;
        span.len += 1;
    }

    /// How many items there is room for.
    pub(crate) fn room(&self) -> usize {
        self.items.len()
    }

    /// Keeps only what `keep` says, close together and in order.
    pub(crate) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        let mut items = Vec::with_capacity(self.items.len() / 2);
        for span in &mut self.spans {
            let (start, from) = (items.len() as u32, span.start as usize);
            let list = &self.items[from..from + span.len as usize];
            items.extend(list.iter().filter(|item| keep(item)));
            let len = items.len() as u32 - start;
            *span = Span { start, len, room: len };
        }
        self.items = items;
    }

    /// Takes out what is at this place of a list; the last one comes in its stead.
    pub(crate) fn swap_remove(&mut self, row: u32, at: u32) {
        let list = self.of_mut(row);
        list[at as usize] = list[list.len() - 1];
        self.spans[row as usize].len -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_outgrows_its_place_keeps_what_it_held() {
        let mut rows = Rows::from_parts(vec![1, 2, 3], &[0, 2, 3]);

        rows.push(0, 9);
        rows.push(1, 8);
        rows.push(0, 7);
        rows.swap_remove(0, 0);

        assert_eq!(rows.of(0), [7, 2, 9]);
        assert_eq!(rows.of(1), [3, 8]);
    }
}
