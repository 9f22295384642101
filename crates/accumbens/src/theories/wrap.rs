//! Puts a wrapper around any theory: it stands between the theory and the door and has parameters of its own.

use accumbens_core::params::place_of;
use accumbens_core::{
    AnyTheory, ChannelInfo, Dopamine, Drive, Error, Event, EventKind, EventKindId, EventLog, Info, Learner, Modulator,
    Parameter, Params, Prior, Result, Topic,
};
use serde::{Serialize, de::DeserializeOwned};

/// What can be put around a theory.
pub trait Wrapper: Params + Default + Clone + Send + Sync + 'static {
    /// Its name, written after the theory's with a `+`.
    const NAME: &'static str;
    /// What it says, in one line.
    const SUMMARY: &'static str;
    /// Keys of its papers.
    const PAPERS: &'static [&'static str];
    /// What it adds to what a theory can be asked about.
    const SPEAKS: &'static [Topic];
    /// What stands before the door while the theory lives. Serialised and restored it goes on bit-identically.
    type State: Modulator + Clone + Serialize + DeserializeOwned + 'static;

    /// Whether it suits a theory.
    ///
    /// # Errors
    /// Where it does not; the error says which it suits.
    fn suits(&self, theory: &Info) -> Result<()> {
        let _ = theory;
        Ok(())
    }
    /// Channels that it adds to those of the theory.
    fn adds(&self) -> Vec<ChannelInfo> {
        Vec::new()
    }
    /// The state at time 0, around a theory with so many channels.
    fn start(&self, kinds: &[EventKind], channels: usize) -> Self::State;
    /// Simultaneous events, before the theory observes them.
    fn observe(&self, state: &mut Self::State, now: &[Event]);
    /// Its parameters have changed.
    fn changed(&self, state: &mut Self::State);
    /// What it says about the average reward an animal forgoes by waiting.
    fn pace(&self, state: &Self::State) -> Option<f64> {
        let _ = state;
        None
    }
    /// The end state in words a user can read.
    fn describe(&self, state: &Self::State, kinds: &[EventKind]) -> serde_json::Value;
}

/// A theory in a wrapper.
pub struct Wrapped<W: Wrapper> {
    inner: Box<dyn AnyTheory>,
    own: W,
    table: Vec<Parameter>,
}

impl<W: Wrapper> Wrapped<W> {
    /// Puts the wrapper around a theory.
    ///
    /// # Errors
    /// Where it does not suit the theory or is there already.
    pub fn new(inner: Box<dyn AnyTheory>) -> Result<Self> {
        let own = W::default();
        own.suits(&inner.info())?;
        if inner.name().split('+').any(|n| n == W::NAME) {
            return Err(Error::input("theory", format!("{}+{}", inner.name(), W::NAME), "each wrapper once"));
        }
        let table = inner.table().iter().chain(W::table()).copied().collect();
        Ok(Self { inner, own, table })
    }

    fn split(&self, place: usize) -> std::result::Result<usize, usize> {
        let inner = self.inner.table().len();
        if place < inner { Ok(place) } else { Err(place - inner) }
    }
}

impl<W: Wrapper> AnyTheory for Wrapped<W> {
    fn info(&self) -> Info {
        self.inner.info()
    }
    fn name(&self) -> String {
        format!("{}+{}", self.inner.name(), W::NAME)
    }
    fn papers(&self) -> Vec<&'static str> {
        self.inner.papers().into_iter().chain(W::PAPERS.iter().copied()).collect()
    }
    fn speaks(&self) -> Vec<Topic> {
        let inner = self.inner.speaks();
        let added = W::SPEAKS.iter().copied().filter(|t| !inner.contains(t)).collect::<Vec<_>>();
        inner.into_iter().chain(added).collect()
    }
    fn table(&self) -> &[Parameter] {
        &self.table
    }
    fn get(&self, place: usize) -> f64 {
        match self.split(place) {
            Ok(place) => self.inner.get(place),
            Err(place) => Params::get(&self.own, place),
        }
    }
    fn set(&mut self, place: usize, value: f64) -> Result<()> {
        match self.split(place) {
            Ok(place) => self.inner.set(place, value),
            Err(place) => {
                let value = W::table()[place].check(value)?;
                self.own.put(place, value);
                Ok(())
            }
        }
    }
    fn boxed(&self) -> Box<dyn AnyTheory> {
        Box::new(Self { inner: self.inner.boxed(), own: self.own.clone(), table: self.table.clone() })
    }
    fn channels(&self, kinds: &[EventKind]) -> Vec<ChannelInfo> {
        self.inner.channels(kinds).into_iter().chain(self.own.adds()).collect()
    }
    fn tell(&mut self, log: &EventLog) -> Vec<String> {
        self.inner.tell(log)
    }
    fn tell_session(&self, session: &EventLog) -> Vec<(&'static str, f64)> {
        self.inner.tell_session(session)
    }
    fn fitted(&self) -> Vec<(usize, Prior)> {
        let inner = self.inner.table().len();
        let own = W::table().iter().enumerate().filter_map(|(i, p)| p.prior.map(|prior| (inner + i, prior)));
        self.inner.fitted().into_iter().chain(own).collect()
    }
    fn check(&self) -> Result<()> {
        self.inner.check()
    }
    fn start(&self, kinds: &[EventKind]) -> Box<dyn Learner> {
        let state = self.own.start(kinds, self.inner.channels(kinds).len());
        Box::new(Living {
            inner: self.inner.start(kinds),
            own: self.own.clone(),
            state: Some(Box::new(Held { state })),
            kinds: kinds.to_vec(),
        })
    }
}

/// The state, in the form in which it is put before the door and taken back.
struct Held<S> {
    state: S,
}

impl<S: Modulator + 'static> Modulator for Held<S> {
    fn pass(&mut self, channel: usize, rows: u32, value: f64) -> f64 {
        self.state.pass(channel, rows, value)
    }
    fn beside(&mut self, time: f64) -> Option<(usize, f64)> {
        self.state.beside(time)
    }
    fn any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}

struct Living<W: Wrapper> {
    inner: Box<dyn Learner>,
    own: W,
    state: Option<Box<Held<W::State>>>,
    kinds: Vec<EventKind>,
}

impl<W: Wrapper> Living<W> {
    fn through(&mut self, dopamine: &mut Dopamine<'_>, act: impl FnOnce(&mut dyn Learner, &mut Dopamine<'_>)) {
        if let Some(state) = self.state.take() {
            dopamine.push(state);
        }
        act(self.inner.as_mut(), dopamine);
        self.state = dopamine.pop().and_then(|m| m.any().downcast().ok());
    }

    fn state(&self) -> Result<&W::State> {
        let held = self.state.as_ref().map(|h| &h.state);
        held.ok_or_else(|| Error::input("state", format!("the state of {} is lost", W::NAME), ""))
    }
}

impl<W: Wrapper> Learner for Living<W> {
    fn advance(&mut self, until: f64, dopamine: &mut Dopamine<'_>) {
        self.through(dopamine, |inner, dopamine| inner.advance(until, dopamine));
    }
    fn observe(&mut self, now: &[Event], dopamine: &mut Dopamine<'_>) {
        if let Some(held) = &mut self.state {
            self.own.observe(&mut held.state, now);
        }
        self.through(dopamine, |inner, dopamine| inner.observe(now, dopamine));
    }
    fn finish(&mut self, until: f64, dopamine: &mut Dopamine<'_>) {
        self.through(dopamine, |inner, dopamine| inner.finish(until, dopamine));
    }
    fn change(&mut self, name: &str, value: f64) -> Result<()> {
        let Ok(place) = place_of(W::table(), name) else { return self.inner.change(name, value) };
        let value = W::table()[place].check(value)?;
        self.own.put(place, value);
        if let Some(held) = &mut self.state {
            self.own.changed(&mut held.state);
        }
        Ok(())
    }
    fn save(&self) -> Result<serde_json::Value> {
        let own = serde_json::to_value(self.state()?).map_err(|e| Error::input("state", e.to_string(), ""))?;
        Ok(serde_json::json!({ "theory": self.inner.save()?, "wrapper": own }))
    }
    fn restore(&mut self, mut saved: serde_json::Value) -> Result<()> {
        let own = serde_json::from_value(saved["wrapper"].take());
        let state = own.map_err(|e| Error::input("state", e.to_string(), format!("a state of {}", W::NAME)))?;
        self.inner.restore(saved["theory"].take())?;
        self.state = Some(Box::new(Held { state }));
        Ok(())
    }
    fn drive(&self, kind: EventKindId) -> Option<Drive> {
        self.inner.drive(kind)
    }
    fn pace(&self) -> Option<f64> {
        self.inner.pace().or_else(|| self.own.pace(self.state().ok()?))
    }
    fn describe(&self) -> serde_json::Value {
        let own = self.state().map(|s| self.own.describe(s, &self.kinds)).unwrap_or_default();
        match self.inner.describe() {
            serde_json::Value::Object(mut inner) => {
                inner.insert(W::NAME.into(), own);
                serde_json::Value::Object(inner)
            }
            _ => serde_json::json!({ W::NAME: own }),
        }
    }
    fn fault(&self) -> Option<Error> {
        self.inner.fault()
    }
}
