//! Gives a time-step theory its three moments: silence ticks bins, events wait for their bin, the end closes the last.

/// The methods `advance`, `observe` and `finish` of a theory that has `tick_to(state, last bin, dopamine)`: over chains
/// of states at a path in the state, or, without one, over the bins and kinds of the state.
macro_rules! ticks {
    ($($path:ident).+) => {
        fn advance(&self, state: &mut Self::State, until: f64, dopamine: &mut accumbens_core::Dopamine<'_>) {
            let last = state.$($path).+.before(until);
            self.tick_to(state, last, dopamine);
        }

        fn observe(
            &self,
            state: &mut Self::State,
            now: &[accumbens_core::Event],
            _: &mut accumbens_core::Dopamine<'_>,
        ) {
            state.$($path).+.put(now);
        }

        fn finish(&self, state: &mut Self::State, until: f64, dopamine: &mut accumbens_core::Dopamine<'_>) {
            let last = state.$($path).+.at_end(until);
            self.tick_to(state, last, dopamine);
        }
    };
    () => {
        fn advance(&self, state: &mut Self::State, until: f64, dopamine: &mut accumbens_core::Dopamine<'_>) {
            let last = state.bins.of(until) - 1;
            self.tick_to(state, last, dopamine);
        }

        fn observe(
            &self,
            state: &mut Self::State,
            now: &[accumbens_core::Event],
            _: &mut accumbens_core::Dopamine<'_>,
        ) {
            for event in now {
                state.bins.put(event, &state.kinds);
            }
        }

        fn finish(&self, state: &mut Self::State, until: f64, dopamine: &mut accumbens_core::Dopamine<'_>) {
            let last = state.bins.last_whole(until);
            self.tick_to(state, last, dopamine);
        }
    };
}
pub(crate) use ticks;
