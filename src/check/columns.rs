//! Lists that are as long as a plan's tasks and of which there is one for each rule: what follows from the
//! place in the list, or is the same for all of them, takes no room.

use super::outcome::Figures;
use crate::pipeline::Dimension;

/// Numbers that do not fall. Mostly each is one more than the one before.
#[derive(Clone, Debug)]
pub enum Ascending {
    Running { first: u32, count: u32 },
    Listed(Vec<u32>),
}

impl Default for Ascending {
    fn default() -> Self {
        Self::Running { first: 0, count: 0 }
    }
}

impl Ascending {
    /// Adds a number that is not less than the last one.
    pub fn push(&mut self, number: u32) {
        match self {
            Self::Running { first, count: count @ 0 } => (*first, *count) = (number, 1),
            Self::Running { first, count } if *first + *count == number => *count += 1,
            Self::Running { first, count } => {
                let known = *first..*first + *count;
                *self = Self::Listed(known.chain([number]).collect());
            }
            Self::Listed(numbers) => numbers.push(number),
        }
    }

    pub fn get(&self, place: usize) -> Option<u32> {
        match self {
            Self::Running { first, count } => {
                let place = u32::try_from(place).ok()?;
                (place < *count).then(|| first + place)
            }
            Self::Listed(numbers) => numbers.get(place).copied(),
        }
    }

    /// Returns the place of the first number that is not less than another one.
    pub fn from(&self, number: u32) -> usize {
        match self {
            Self::Running { first, count } => number.saturating_sub(*first).min(*count) as usize,
            Self::Listed(numbers) => numbers.partition_point(|own| *own < number),
        }
    }

    pub fn shrink(&mut self) {
        if let Self::Listed(numbers) = self {
            numbers.shrink_to_fit();
        }
    }
}

/// What was held against what, for those lines of a list that have figures.
#[derive(Clone, Debug, Default)]
pub struct FigureList {
    /// Which lines have any.
    of: Ascending,
    expected: Vec<i64>,
    found: Vec<i64>,
    /// What they count, with the first of the figures for which it is so.
    dimensions: Vec<(u32, Option<Dimension>)>,
}

impl FigureList {
    /// Adds the figures of a line behind all that have figures already.
    pub fn push(&mut self, line: u32, figures: Figures) {
        let Figures { expected, found, dimension } = figures;
        if self.dimensions.last().is_none_or(|(_, last)| *last != dimension) {
            self.dimensions.push((place(self.found.len()), dimension));
        }
        self.of.push(line);
        self.expected.push(expected);
        self.found.push(found);
    }

    /// Returns the figures of a line.
    pub fn of(&self, line: u32) -> Option<Figures> {
        let at = self.of.from(line);
        if self.of.get(at) != Some(line) {
            return None;
        }
        let counted = self.dimensions.partition_point(|(first, _)| *first as usize <= at);
        let (_, dimension) = self.dimensions[counted.checked_sub(1)?];
        Some(Figures { expected: self.expected[at], found: self.found[at], dimension })
    }

    pub fn shrink(&mut self) {
        self.of.shrink();
        self.expected.shrink_to_fit();
        self.found.shrink_to_fit();
    }
}

/// What few lines of a list have, by their places, ascending.
#[derive(Clone, Debug)]
pub struct Few<T>(Vec<(u32, T)>);

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Few<T> {
    /// Adds what a line has, behind all that have something already.
    pub fn push(&mut self, line: u32, thing: T) {
        self.0.push((line, thing));
    }

    pub fn of(&self, line: u32) -> Option<&T> {
        let at = self.0.binary_search_by_key(&line, |(own, _)| *own).ok()?;
        Some(&self.0[at].1)
    }

    /// Returns which lines have something.
    pub fn places(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|(place, _)| *place)
    }

    /// Puts something else in the place of what each line has, or nothing.
    pub fn change(&mut self, changed: impl Fn(T) -> Option<T>)
    where
        T: Copy,
    {
        self.0.retain_mut(|(_, thing)| match changed(*thing) {
            Some(other) => {
                *thing = other;
                true
            }
            None => false,
        });
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().map(|(_, thing)| thing)
    }
}

/// Returns the place in a list as it is kept.
pub fn place(place: usize) -> u32 {
    u32::try_from(place).expect("a rule has less than 4 billion lines")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_whether_they_run_or_not() {
        for numbers in [vec![], vec![3], vec![3, 4, 5], vec![0, 1, 1, 2, 7], vec![5, 5, 9]] {
            let mut ascending = Ascending::default();
            for number in &numbers {
                ascending.push(*number);
            }
            let all: Vec<u32> = (0..).map_while(|place| ascending.get(place)).collect();
            assert_eq!(all, numbers);
            for number in 0..11 {
                let expected = numbers.partition_point(|own| *own < number);
                assert_eq!(ascending.from(number), expected, "{number} in {numbers:?}");
            }
        }
    }

    #[test]
    fn figures_come_back_of_the_lines_that_have_any() {
        let figures = |line: u32, dimension| Figures {
            expected: i64::from(line),
            found: -i64::from(line),
            dimension,
        };
        let amount = Some(Dimension::Amount);
        let given = [(0, amount), (1, amount), (3, None), (4, Some(Dimension::Count)), (9, amount)];
        let mut list = FigureList::default();
        for (line, of) in given {
            list.push(line, figures(line, of));
        }
        for line in 0..11 {
            let own = given.iter().find(|(own, _)| *own == line);
            assert_eq!(list.of(line), own.map(|(_, of)| figures(line, *of)), "line {line}");
        }
    }
}
