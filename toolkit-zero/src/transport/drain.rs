//! The drain of one generation, as a pure state machine.

/// Where a drain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not begun. `handshakes`: the listener waits its linger even when no connection does.
    Serving { handshakes: bool },
    /// Connections finish or linger, and the listeners still accept.
    Lingering { handshakes: bool },
    /// The listeners' queues are being emptied; `late` if the deadline has passed meanwhile.
    Emptying { late: bool },
    /// No listener is left; connections finish.
    Finishing,
    /// What is left has been told to end now.
    Cutting,
    /// Nothing is left.
    Over,
}

/// What a drain hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Stop, or move.
    Signal,
    /// So many connections are open now.
    Open(usize),
    /// The linger after the signal has passed.
    LingerPassed,
    /// The queues are empty and the listeners closed.
    QueuesEmpty,
    /// The drain's time is up.
    DeadlinePassed,
    /// What was told to end has not.
    GivenUp,
}

/// What a drain asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Nothing.
    Wait,
    /// Tell every connection.
    Announce,
    /// Accept what is queued, and close the listeners.
    EmptyQueues,
    /// End every connection now.
    Cut,
    /// Report.
    Finish,
}

/// The whole drain. An event that means nothing in a state changes nothing.
pub(super) fn step(state: State, event: Event) -> (State, Action) {
    match (state, event) {
        (State::Serving { handshakes }, Event::Signal) => {
            (State::Lingering { handshakes }, Action::Announce)
        }
        (State::Lingering { handshakes: false }, Event::Open(0))
        | (State::Lingering { .. }, Event::LingerPassed) => {
            (State::Emptying { late: false }, Action::EmptyQueues)
        }
        (State::Lingering { .. }, Event::DeadlinePassed) => {
            (State::Emptying { late: true }, Action::EmptyQueues)
        }
        (State::Emptying { .. }, Event::DeadlinePassed) => {
            (State::Emptying { late: true }, Action::Wait)
        }
        (State::Emptying { late: true }, Event::QueuesEmpty)
        | (State::Finishing, Event::DeadlinePassed) => (State::Cutting, Action::Cut),
        (State::Emptying { late: false }, Event::QueuesEmpty) => (State::Finishing, Action::Wait),
        (State::Finishing | State::Cutting, Event::Open(0)) | (State::Cutting, Event::GivenUp) => {
            (State::Over, Action::Finish)
        }
        (state, _) => (state, Action::Wait),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            Just(Event::Signal),
            (0_usize..3).prop_map(Event::Open),
            Just(Event::LingerPassed),
            Just(Event::QueuesEmpty),
            Just(Event::DeadlinePassed),
            Just(Event::GivenUp),
        ]
    }

    fn actions(handshakes: bool, events: &[Event]) -> (State, Vec<Action>) {
        let mut actions = Vec::new();
        let mut state = State::Serving { handshakes };
        for event in events {
            let (next, action) = step(state, *event);
            state = next;
            if action != Action::Wait {
                actions.push(action);
            }
        }
        (state, actions)
    }

    #[test]
    fn without_connections_nothing_is_waited_for() {
        let events = [
            Event::Signal,
            Event::Open(0),
            Event::QueuesEmpty,
            Event::Open(0),
        ];
        let (state, actions) = actions(false, &events);
        assert_eq!(state, State::Over);
        assert_eq!(
            actions,
            [Action::Announce, Action::EmptyQueues, Action::Finish]
        );
    }

    #[test]
    fn a_listener_with_handshakes_waits_its_linger() {
        let (state, _) = actions(true, &[Event::Signal, Event::Open(0)]);
        assert_eq!(state, State::Lingering { handshakes: true });
    }

    #[test]
    fn a_connection_that_was_queued_is_served_before_the_end() {
        let events = [
            Event::Signal,
            Event::Open(0),
            Event::QueuesEmpty,
            Event::Open(1),
        ];
        assert_eq!(actions(false, &events).0, State::Finishing);
    }

    #[test]
    fn a_deadline_before_the_linger_empties_the_queue_and_cuts() {
        let events = [Event::Signal, Event::DeadlinePassed, Event::QueuesEmpty];
        let (state, actions) = actions(false, &events);
        assert_eq!(state, State::Cutting);
        assert_eq!(
            actions,
            [Action::Announce, Action::EmptyQueues, Action::Cut]
        );
    }

    #[test]
    fn what_does_not_end_when_it_is_cut_is_not_waited_for() {
        let cut = [
            Event::Signal,
            Event::LingerPassed,
            Event::QueuesEmpty,
            Event::Open(1),
            Event::DeadlinePassed,
        ];
        assert_eq!(actions(false, &cut).0, State::Cutting);
        assert_eq!(
            step(State::Cutting, Event::GivenUp),
            (State::Over, Action::Finish)
        );
        assert_eq!(
            step(State::Finishing, Event::GivenUp),
            (State::Finishing, Action::Wait)
        );
    }

    proptest! {
        #[test]
        fn whatever_happens_each_thing_is_done_once_and_in_order(
            handshakes: bool,
            events in proptest::collection::vec(event(), 0..40),
        ) {
            let order = [Action::Announce, Action::EmptyQueues, Action::Cut, Action::Finish];
            let (_, done) = actions(handshakes, &events);
            let places: Vec<_> = done
                .iter()
                .map(|action| order.iter().position(|other| other == action).unwrap())
                .collect();
            prop_assert!(places.is_sorted_by(|one, other| one < other), "{done:?}");
            // Nothing ends before its listeners are closed.
            if done.contains(&Action::Finish) {
                prop_assert!(done.contains(&Action::EmptyQueues));
            }
        }

        #[test]
        fn from_everywhere_there_is_an_end(
            handshakes: bool,
            events in proptest::collection::vec(event(), 0..40),
        ) {
            let rest = [
                Event::Signal, Event::DeadlinePassed, Event::QueuesEmpty,
                Event::DeadlinePassed, Event::Open(0),
            ];
            let all: Vec<_> = events.into_iter().chain(rest).collect();
            prop_assert_eq!(actions(handshakes, &all).0, State::Over);
        }

        #[test]
        fn nothing_is_cut_before_the_deadline(
            handshakes: bool,
            events in proptest::collection::vec(event(), 0..40),
        ) {
            let early: Vec<_> = events
                .into_iter()
                .filter(|event| *event != Event::DeadlinePassed)
                .collect();
            prop_assert!(!actions(handshakes, &early).1.contains(&Action::Cut));
        }
    }
}
