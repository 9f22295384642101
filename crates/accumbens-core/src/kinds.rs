//! Makes kinds of bare names: which are outcomes, which omissions, and in which order they stand.

use crate::error::{Error, Result};
use crate::event::{EventKind, EventKindId, Role};

/// What is said about names of events. A name that is not mentioned is a cue.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// Outcomes with their innate values.
    pub outcomes: Vec<(String, f64)>,
    /// Omission states with the kinds they omit.
    pub omissions: Vec<(String, String)>,
    /// Innate values of any kind.
    pub values: Vec<(String, f64)>,
}

/// The kinds of a log in which `names` appear, in this order: names numbered alike (`e1`, `e2`, …) by their number;
/// other names cues first, then outcomes, then omissions, each as declared or as they first appear. The order matters
/// where a theory's updates are sequential or two events share a bin.
///
/// # Errors
/// Where a declaration contradicts another, or names what never happens and no omission that does is of.
pub fn kinds(names: &[String], declared: &Declared) -> Result<Vec<EventKind>> {
    check(names, declared)?;
    let mut all: Vec<&String> = Vec::new();
    let declared_names = declared.outcomes.iter().map(|(n, _)| n).chain(declared.omissions.iter().map(|(n, _)| n));
    let role = |n: &String| {
        let outcome = declared.outcomes.iter().any(|(o, _)| o == n);
        let omission = declared.omissions.iter().any(|(o, _)| o == n);
        (outcome, omission)
    };
    for name in names.iter().filter(|n| role(n) == (false, false)).chain(declared_names) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    if let Some(numbers) = all.iter().map(|n| numbered(n)).collect::<Option<Vec<_>>>()
        && numbers.windows(2).all(|w| w[0].0 == w[1].0)
    {
        all.sort_by_key(|n| numbered(n).map(|(_, i)| i));
    }
    for (name, _) in &declared.values {
        if !all.contains(&name) {
            return Err(unknown("value", name, &all));
        }
    }
    let kind = |name: &&String| {
        let value = |given: &[(String, f64)]| given.iter().rev().find(|(n, _)| n == *name).map(|(_, v)| *v);
        let (role, usual) = match role(name) {
            (true, true) => {
                let problem = format!("{name:?} is declared both an outcome and an omission");
                return Err(Error::input("omission", problem, "one role a name"));
            }
            (true, false) => (Role::Outcome, value(&declared.outcomes).unwrap_or(1.0)),
            (false, true) => {
                let of = declared.omissions.iter().find(|(n, _)| n == *name).map(|(_, of)| of);
                let at = of.and_then(|of| all.iter().position(|n| *n == of));
                let at = at.ok_or_else(|| unknown("omission", of.map_or("", |s| s), &all))?;
                (Role::Omission(EventKindId(at as u32)), 0.0)
            }
            (false, false) => (Role::Cue, 0.0),
        };
        Ok(EventKind { name: (*name).clone(), role, value: value(&declared.values).unwrap_or(usual) })
    };
    all.iter().map(kind).collect()
}

/// Checks that what is declared happens, or is what an omission that happens is of.
fn check(names: &[String], declared: &Declared) -> Result<()> {
    let omitted = |name: &String| declared.omissions.iter().any(|(n, of)| of == name && names.contains(n));
    let outcomes = declared.outcomes.iter().map(|(n, _)| ("outcome", n));
    let omissions = declared.omissions.iter().map(|(n, _)| ("omission", n));
    for (what, name) in outcomes.chain(omissions) {
        if !names.contains(name) && !omitted(name) {
            let mut happen: Vec<&String> = names.iter().collect();
            happen.sort_unstable();
            happen.dedup();
            return Err(unknown(what, name, &happen));
        }
    }
    Ok(())
}

/// The kinds of several logs as one list, each name once: those of the first log in their order, then what others have
/// beside them.
///
/// # Errors
/// Where a name has one role or value here and another there.
pub fn together<'a>(logs: impl Iterator<Item = &'a [EventKind]>) -> Result<Vec<EventKind>> {
    // A role that belongs to another kind is told by that kind's name until all have their places.
    let mut all: Vec<(EventKind, Option<&'a str>)> = Vec::new();
    for kinds in logs {
        for kind in kinds {
            let of = kind.role.word().1.map(|of| kinds[of.index()].name.as_str());
            let said = |k: &EventKind| (k.role.word().0, k.value);
            match all.iter().find(|(known, _)| known.name == kind.name) {
                None => all.push((kind.clone(), of)),
                Some((known, known_of)) if (said(known), *known_of) == (said(kind), of) => {}
                Some((known, _)) => {
                    let [(a, v), (b, w)] = [said(known), said(kind)];
                    let problem =
                        format!("{:?} is a {a} worth {v} in one session and a {b} worth {w} in another", kind.name);
                    return Err(Error::input("events", problem, "one role and value of a name in all sessions"));
                }
            }
        }
    }
    let place = |of: &str| all.iter().position(|(k, _)| k.name == of).map(|i| EventKindId(i as u32));
    let kind = |(kind, of): &(EventKind, Option<&str>)| {
        let role = match (kind.role, of.and_then(place)) {
            (Role::Offset(_), Some(of)) => Role::Offset(of),
            (Role::Omission(_), Some(of)) => Role::Omission(of),
            (role, _) => role,
        };
        EventKind { role, ..kind.clone() }
    };
    Ok(all.iter().map(kind).collect())
}

fn unknown(option: &str, name: &str, all: &[&String]) -> Error {
    let known = all.iter().map(|n| n.as_str()).collect::<Vec<_>>().join(", ");
    Error::input(option, format!("no event is called {name:?}"), known)
}

/// A name's stem and number: `e12` is `e` and 12.
fn numbered(name: &str) -> Option<(&str, u64)> {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    name[stem.len()..].parse().ok().map(|n| (stem, n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(names: &[&str], declared: &Declared) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|n| (*n).into()).collect();
        kinds(&names, declared).unwrap().into_iter().map(|k| k.name).collect()
    }

    #[test]
    fn numbered_names_stand_by_number_and_others_by_role() {
        let mut declared = Declared { outcomes: vec![("e2".into(), 1.0)], ..Declared::default() };
        assert_eq!(order(&["e10", "e3", "e2"], &declared), ["e2", "e3", "e10"]);
        declared.outcomes = vec![("juice".into(), 1.0)];
        declared.omissions = vec![("none".into(), "juice".into())];
        assert_eq!(order(&["none", "juice", "tone"], &declared), ["tone", "juice", "none"]);
    }

    #[test]
    fn a_contradiction_or_an_unknown_name_is_refused() {
        let names = ["a".to_owned(), "o".to_owned()];
        let omitted = Declared { omissions: vec![("o".into(), "b".into())], ..Declared::default() };
        assert!(kinds(&names, &omitted).unwrap_err().to_string().contains("\"b\""));
        let valued = Declared { values: vec![("z".into(), 1.0)], ..Declared::default() };
        assert!(kinds(&names, &valued).is_err());
    }

    #[test]
    fn a_declared_name_that_never_happens_is_refused_with_the_names_that_do() {
        let names = ["tone".to_owned(), "juice".to_owned()];
        let misspelt = Declared { outcomes: vec![("juise".into(), 1.0)], ..Declared::default() };
        let refused = kinds(&names, &misspelt).unwrap_err().to_string();
        assert!(refused.contains("\"juise\"") && refused.contains("juice, tone"), "{refused}");
        // Of an omission that happens the outcome need not.
        let names = ["tone".to_owned(), "none".to_owned()];
        let outcomes = vec![("juice".into(), 1.0)];
        let omitted = Declared { outcomes, omissions: vec![("none".into(), "juice".into())], ..Declared::default() };
        assert_eq!(kinds(&names, &omitted).unwrap().len(), 3);
    }

    #[test]
    fn kinds_of_several_logs_are_one_list_and_must_not_contradict_one_another() {
        let (tone, juice) = (EventKind::cue("tone"), EventKind::outcome("juice"));
        let none = EventKind::omission("none", EventKindId(0));
        let logs: [&[EventKind]; 3] =
            [&[tone.clone(), juice.clone()], &[juice.clone(), none], std::slice::from_ref(&tone)];
        let all = together(logs.into_iter()).unwrap();
        assert_eq!(all.iter().map(|k| k.name.as_str()).collect::<Vec<_>>(), ["tone", "juice", "none"]);
        assert_eq!(all[2].role, Role::Omission(EventKindId(1)));
        let dear = EventKind { value: 2.0, ..juice.clone() };
        let logs: [&[EventKind]; 2] = [&[juice], &[dear]];
        assert!(together(logs.into_iter()).unwrap_err().to_string().contains("worth 2"));
    }
}
