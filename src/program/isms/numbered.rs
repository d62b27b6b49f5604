//! Items of a list that have dates: each keeps its number wherever it stands, and its milestone is known by that.

use crate::kernel::error::Faults;

/// The largest number of an item.
pub const MAX_NUMBER: i32 = 10_000;

/// An item of a list that has a date.
pub trait Numbered {
    /// Its number.
    fn number(&self) -> Option<i32>;
    /// The same, to be set.
    fn number_mut(&mut self) -> &mut Option<i32>;
    /// Whether it says the same, whatever was done of it since.
    fn is_same(&self, other: &Self) -> bool;
}

/// Numbers the items that say no number: with that of a stored one that says the same, or else the next.
pub fn number<T: Numbered>(items: &mut [T], stored: &[T]) {
    let mut taken: Vec<i32> = items.iter().filter_map(Numbered::number).collect();
    let last = stored.iter().filter_map(Numbered::number).chain(taken.iter().copied()).max();
    let mut next = last.unwrap_or(0) + 1;
    for item in items.iter_mut().filter(|item| item.number().is_none()) {
        let same = stored.iter().filter(|one| one.is_same(item)).filter_map(Numbered::number);
        let number = same.filter(|number| !taken.contains(number)).min().unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        taken.push(number);
        *item.number_mut() = Some(number);
    }
}

/// Notes numbers that are out of bounds or stand twice.
pub fn validate<T: Numbered>(at: &str, items: &[T], faults: &mut Faults) {
    let numbers: Vec<_> = items.iter().map(Numbered::number).collect();
    for (n, number) in numbers.iter().enumerate() {
        let odd = number.is_some_and(|number| !(1..=MAX_NUMBER).contains(&number));
        faults.when(odd, format!("{at}/{n}/number"), format!("must be from 1 to {MAX_NUMBER}"));
        let twice = number.is_some() && numbers[..n].contains(number);
        faults.when(
            twice,
            format!("{at}/{n}/number"),
            "is the number of another item; leave it out for a new one",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Item(Option<i32>, &'static str);

    impl Numbered for Item {
        fn number(&self) -> Option<i32> {
            self.0
        }
        fn number_mut(&mut self) -> &mut Option<i32> {
            &mut self.0
        }
        fn is_same(&self, other: &Self) -> bool {
            self.1 == other.1
        }
    }

    #[test]
    fn an_item_keeps_its_number_wherever_it_stands() {
        let stored = [Item(Some(1), "a"), Item(Some(2), "b"), Item(Some(3), "c")];
        let mut items = [Item(None, "c"), Item(None, "d"), Item(None, "a"), Item(Some(2), "changed")];
        number(&mut items, &stored);
        assert_eq!(
            items,
            [Item(Some(3), "c"), Item(Some(4), "d"), Item(Some(1), "a"), Item(Some(2), "changed")]
        );
    }

    #[test]
    fn two_that_say_the_same_have_two_numbers() {
        let mut items = [Item(None, "a"), Item(None, "a")];
        number(&mut items, &[Item(Some(1), "a")]);
        assert_eq!(items, [Item(Some(1), "a"), Item(Some(2), "a")]);
    }

    #[test]
    fn a_number_stands_once_and_within_bounds() {
        let mut faults = Faults::default();
        validate("/items", &[Item(Some(1), "a"), Item(Some(1), "b"), Item(Some(0), "c")], &mut faults);
        let told = faults.into_result().unwrap_err();
        let at: Vec<_> = told.faults().iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(at, ["/items/1/number", "/items/2/number"]);
    }
}
