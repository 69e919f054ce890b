//! Lines of numbers with blanks between them.

use std::str::FromStr;

use super::FormatError;

/// A line that is not empty.
pub(super) struct Row<'a> {
    pub(super) line: usize,
    cells: Vec<&'a str>,
    fields: &'static [&'static str],
}

/// The lines of a text, the first with the fields of a header, all others with those of a node.
///
/// Lines end as on any system, and blank ones count but say nothing.
pub(super) fn rows<'a>(
    text: &'a str,
    header: &'static [&'static str],
    node: &'static [&'static str],
) -> Result<(Row<'a>, Vec<Row<'a>>), FormatError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let fields = if rows.is_empty() { header } else { node };
        let cells: Vec<&str> = line.split_whitespace().take(fields.len() + 1).collect();
        if cells.is_empty() {
            continue;
        }
        if cells.len() != fields.len() {
            let field = fields.get(cells.len()).copied().unwrap_or("end of line");
            let problem = format!("is where {} numbers are wanted: {fields:?}", fields.len());
            return Err(FormatError::new(at + 1, field, problem));
        }
        if rows.len() > MOST_NODES {
            let problem = format!("there are more than {MOST_NODES} nodes");
            return Err(FormatError::new(at + 1, "node", problem));
        }
        rows.push(Row { line: at + 1, cells, fields });
    }
    if rows.len() < 2 {
        return Err(FormatError::new(1, header[0], "a header and a depot are wanted"));
    }
    let header = rows.remove(0);
    Ok((header, rows))
}

/// Nodes in one file: several times what the largest published one has, and a bound on the matrix.
const MOST_NODES: usize = 4_001;

impl Row<'_> {
    pub(super) fn error(&self, field: usize, problem: impl Into<String>) -> FormatError {
        FormatError::new(self.line, self.fields[field], problem)
    }

    /// A number that is one.
    pub(super) fn number(&self, field: usize) -> Result<f64, FormatError> {
        let cell = self.cells[field];
        match cell.parse::<f64>() {
            Ok(number) if number.abs() <= 1e9 => Ok(number),
            _ => Err(self.error(field, format!("{cell:?} is not a number of at most 1e9"))),
        }
    }

    /// A time, distance or the like, which is not negative.
    pub(super) fn amount(&self, field: usize) -> Result<f64, FormatError> {
        match self.number(field)? {
            number if number >= 0.0 => Ok(number),
            number => Err(self.error(field, format!("{number} is less than 0"))),
        }
    }

    /// A whole number in the type's range.
    pub(super) fn whole<T: FromStr>(&self, field: usize) -> Result<T, FormatError> {
        let cell = self.cells[field];
        let range = || format!("{cell:?} is not a whole number in its range");
        cell.parse().map_err(|_| self.error(field, range()))
    }

    /// A whole number that stands for how many of something there are.
    pub(super) fn count(&self, field: usize, most: usize) -> Result<usize, FormatError> {
        match self.whole(field)? {
            count if count <= most => Ok(count),
            count => Err(self.error(field, format!("{count} are more than {most}"))),
        }
    }
}
