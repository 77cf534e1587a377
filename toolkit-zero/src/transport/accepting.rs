//! What one server listens on.

use std::io;
use std::mem;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::Application;
use super::acceptor::{Acceptor, Gate};
use super::address::Relation;
use super::draining::{Draining, Leaving};
use super::endpoint::Endpoint;
use super::generation::{Generation, Slot};
#[cfg(all(feature = "handover", target_os = "linux"))]
use super::handover::Loan;
use super::host::Host;
use super::limits::{LimitValues, Limits};
use super::listen::Listen;
use super::listener::Listener;
use super::report::{ListenError, RebindError};
use super::stream::{Carrier, Other};
use super::tls::Secure;

/// What one server listens on. Dropped, it goes on being served until the runtime ends.
#[derive(Debug)]
pub(crate) struct Accepting<A> {
    host: Arc<Host<A>>,
    limits: LimitValues,
    /// How connections are secured that are not asked to be plain.
    secure: Option<Arc<Secure>>,
    /// Never empty; a move moves the first.
    sites: Vec<Site>,
    /// Every listener that may still be open, those of older generations included.
    acceptors: Vec<Arc<Acceptor>>,
}

/// One endpoint being served. Its connections drain by themselves.
#[derive(Debug)]
struct Site {
    endpoint: Endpoint,
    /// As the program has written it.
    #[cfg_attr(
        not(all(feature = "handover", target_os = "linux")),
        expect(dead_code, reason = "only a process that takes over wants to know")
    )]
    asked: Endpoint,
    generation: Arc<Generation>,
    /// How those that are accepted here are secured.
    secure: Option<Arc<Secure>>,
}

impl<A: Application> Accepting<A> {
    /// Binds `addr`, listens and serves; call it inside a runtime. The first connect after it succeeds.
    ///
    /// # Errors
    /// What the system says when `addr` cannot be bound.
    ///
    /// # Panics
    /// Outside a runtime, as everything of tokio's.
    #[cfg(test)]
    pub(crate) fn start(addr: SocketAddr, app: A, limits: &Limits) -> Result<Self, ListenError> {
        let accepting = Self::bind(vec![addr.into()], None, app, limits)?;
        accepting.open();
        Ok(accepting)
    }

    /// Serves connections of the caller's own, and listens nowhere; call it inside a runtime.
    #[cfg(feature = "ws")]
    pub(crate) fn nowhere(app: A, limits: &Limits) -> Self {
        let limits = *limits.values();
        let endpoint = Endpoint::Tcp((Ipv4Addr::LOCALHOST, 80).into());
        let accepting = Self {
            host: Host::new(app, &limits),
            limits,
            secure: None,
            sites: vec![Site {
                asked: endpoint.clone(),
                endpoint,
                generation: Arc::default(),
                secure: None,
            }],
            acceptors: Vec::new(),
        };
        accepting.open();
        accepting
    }

    /// Accepts from now on.
    pub(crate) fn open(&self) {
        self.host.opened.cancel();
    }

    /// Binds everything and listens; call it inside a runtime. A connect after it succeeds, and is accepted once it is
    /// [open](Self::open).
    ///
    /// # Errors
    /// One cannot be bound: none is.
    ///
    /// # Panics
    /// Outside a runtime, as everything of tokio's; there is nothing to listen on.
    pub(crate) fn bind(
        listens: Vec<Listen>,
        secure: Option<Arc<Secure>>,
        app: A,
        limits: &Limits,
    ) -> Result<Self, ListenError> {
        debug_assert!(!listens.is_empty(), "a server listens somewhere");
        let limits = *limits.values();
        let mut accepting = Self {
            host: Host::new(app, &limits),
            limits,
            secure,
            sites: Vec::new(),
            acceptors: Vec::new(),
        };
        for listen in listens {
            let generation = Arc::default();
            let secure = secure_for(&listen, accepting.secure.as_ref());
            let asked = listen.asked();
            let entered = accepting.enter(listen, None, &generation, secure.as_ref())?;
            accepting.sites.push(Site {
                endpoint: entered.endpoint,
                asked,
                generation,
                secure,
            });
        }
        for acceptor in &accepting.acceptors {
            accepting.host.accept(acceptor);
        }
        Ok(accepting)
    }

    /// The address and port that a move moves; of something else, the first that has one.
    pub(crate) fn addr(&self) -> SocketAddr {
        let mut addrs = self.sites.iter().filter_map(|site| site.endpoint.tcp());
        let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        addrs.next().unwrap_or(nowhere)
    }

    /// What a move moves.
    pub(crate) fn primary(&self) -> &Endpoint {
        &self.sites[0].endpoint
    }

    /// Everything that is listened on; ports are never 0.
    pub(crate) fn endpoints(&self) -> Vec<Endpoint> {
        let endpoints = self.sites.iter().map(|site| &site.endpoint);
        endpoints.cloned().collect()
    }

    /// The same, as a browser or a person writes it.
    pub(crate) fn urls(&self) -> Vec<String> {
        let urls = self
            .sites
            .iter()
            .map(|site| match (&site.endpoint, &site.secure) {
                (Endpoint::Tcp(addr), Some(_)) => format!("https://{addr}"),
                (Endpoint::Tcp(addr), None) => format!("http://{addr}"),
                (other, _) => other.to_string(),
            });
        urls.collect()
    }

    /// All that connections are secured with.
    pub(crate) fn secures(&self) -> impl Iterator<Item = &Arc<Secure>> {
        let mut known: Vec<&Arc<Secure>> = Vec::new();
        let used = self.sites.iter().filter_map(|site| site.secure.as_ref());
        for secure in used.chain(&self.secure) {
            if !known.iter().any(|other| Arc::ptr_eq(other, secure)) {
                known.push(secure);
            }
        }
        known.into_iter()
    }

    /// Serves a connection of the caller's own, as one that was accepted at the first endpoint; call it inside a runtime.
    pub(crate) fn serve(&self, stream: Box<dyn Carrier>, peer: SocketAddr) {
        if let Some(site) = self.sites.first() {
            let slot = Slot::new(Arc::clone(&site.generation));
            self.host
                .serve_other(Other(stream), peer, site.endpoint.tcp(), slot);
        }
    }

    /// As [`succeed_as`](Self::succeed_as), secured as before.
    ///
    /// # Errors
    /// [`RebindError`]; nothing has changed then.
    pub(crate) fn succeed(&mut self, to: Listen) -> Result<Draining, RebindError> {
        self.succeed_as(to, self.secure.clone())
    }

    /// Serves `to` from now on, and drains what the first endpoint has begun.
    ///
    /// `to` is bound first. Equal and overlapping addresses hand their sockets over, so no connect
    /// finds nobody.
    ///
    /// # Errors
    /// [`RebindError`]; nothing has changed then.
    pub(crate) fn succeed_as(
        &mut self,
        to: Listen,
        secure: Option<Arc<Secure>>,
    ) -> Result<Draining, RebindError> {
        let Some(site) = self.sites.first() else {
            return Err(RebindError::stopped(to.endpoint()));
        };
        let from = site.endpoint.clone();
        let old = Arc::clone(&site.generation);
        let next = Arc::default();
        let known = self.acceptors.clone();
        let here = secure_for(&to, secure.as_ref());
        let asked = to.asked();
        let entered = self
            .enter(to, Some(&old), &next, here.as_ref())
            .map_err(|error| {
                #[expect(clippy::wildcard_enum_match_arm, reason = "it is the only one")]
                match error {
                    ListenError::Bind { addr, source } => RebindError::bind(from, addr, source),
                    _ => RebindError::stopped(from),
                }
            })?;
        self.secure = secure;
        if let Some(acceptor) = &entered.new {
            self.host.accept(acceptor);
        }
        self.sites[0] = Site {
            endpoint: entered.endpoint,
            asked,
            generation: next,
            secure: here,
        };
        Ok(self.leave(old, known, entered.handshakes))
    }

    /// Serves `listen` too, from now on, and tells where that is.
    ///
    /// # Errors
    /// It cannot be bound; nothing has changed then.
    pub(crate) fn listen(&mut self, listen: Listen) -> Result<Endpoint, ListenError> {
        let generation = Arc::default();
        let secure = secure_for(&listen, self.secure.as_ref());
        let asked = listen.asked();
        let entered = self.enter(listen, None, &generation, secure.as_ref())?;
        if let Some(acceptor) = &entered.new {
            self.host.accept(acceptor);
        }
        let endpoint = entered.endpoint.clone();
        self.sites.push(Site {
            endpoint: entered.endpoint,
            asked,
            generation,
            secure,
        });
        Ok(endpoint)
    }

    /// Drains what one endpoint has begun, and listens there no more.
    ///
    /// # Errors
    /// It is not listened on, or nothing else is.
    pub(crate) fn unlisten(&mut self, endpoint: &Endpoint) -> Result<Draining, ListenError> {
        let mut sites = self.sites.iter();
        let Some(place) = sites.position(|site| site.endpoint == *endpoint) else {
            return Err(ListenError::not_listening(endpoint, self.endpoints()));
        };
        if self.sites.len() == 1 {
            return Err(ListenError::last(endpoint));
        }
        let site = self.sites.remove(place);
        Ok(self.leave(site.generation, self.acceptors.clone(), false))
    }

    /// Stops: finishes what was begun everywhere, and closes the listeners.
    pub(crate) fn drain(mut self) -> Draining {
        let acceptors = mem::take(&mut self.acceptors);
        let sites = mem::take(&mut self.sites);
        let leave = |site: Site| self.leave(site.generation, acceptors.clone(), false);
        Draining::all(sites.into_iter().map(leave))
    }

    /// Lends the sockets of everything that is listened on to another process.
    ///
    /// # Errors
    /// There are no descriptors left.
    #[cfg(all(feature = "handover", target_os = "linux"))]
    pub(crate) fn lend(&self) -> io::Result<Loan> {
        let mut loan = Loan::default();
        for site in &self.sites {
            let belongs = |acceptor: &&Arc<Acceptor>| acceptor.hold().belongs_to(&site.generation);
            for acceptor in self.acceptors.iter().filter(belongs) {
                // A move may have kept a narrower listener beside it.
                let is_all = *acceptor.endpoint() == site.endpoint;
                let asked = if is_all {
                    &site.asked
                } else {
                    acceptor.endpoint()
                };
                loan.add(acceptor, asked)?;
            }
        }
        Ok(loan)
    }

    /// The process that listened before does so no more.
    #[cfg(all(feature = "handover", target_os = "linux"))]
    pub(crate) fn keep(&self) {
        for acceptor in &self.acceptors {
            acceptor.keep();
        }
    }

    /// Leaves what it has not given to the process that listened before.
    #[cfg(all(feature = "handover", target_os = "linux"))]
    pub(crate) fn give_back(&self) {
        for acceptor in &self.acceptors {
            acceptor.give_back();
        }
    }

    /// Listens for `next`, on sockets of the generation that is `moving` or of one that has left if they are the same or
    /// overlap.
    fn enter(
        &mut self,
        listen: Listen,
        moving: Option<&Arc<Generation>>,
        next: &Arc<Generation>,
        secure: Option<&Arc<Secure>>,
    ) -> Result<Entered, ListenError> {
        let to = listen.endpoint();
        let known = mem::take(&mut self.acceptors);
        let mut open: Vec<_> = known
            .iter()
            .map(|acceptor| (acceptor, acceptor.hold()))
            .filter(|(_, gate)| gate.is_open())
            .map(|(acceptor, gate)| Neighbour {
                relation: if gate.can_be_handed_on() {
                    Relation::between(acceptor.endpoint(), &to)
                } else {
                    Relation::Disjoint
                },
                stays: self.stays(&gate, moving),
                acceptor,
                gate,
            })
            .collect();
        let acceptors = open.iter().map(|other| Arc::clone(other.acceptor));
        self.acceptors = acceptors.collect();

        let failed = |source| ListenError::bind(&to, source);
        let kept = open.iter().find(|other| other.relation == Relation::Equal);
        let (endpoint, new) = match kept {
            Some(other) if other.stays => {
                let text = "this server listens there already";
                return Err(failed(io::Error::new(io::ErrorKind::AddrInUse, text)));
            }
            Some(other) => {
                listen.set_mode().map_err(failed)?;
                (other.acceptor.endpoint().clone(), None)
            }
            None => {
                let others: Vec<_> = open
                    .iter()
                    .filter(|other| other.relation != Relation::Disjoint)
                    .filter_map(|other| other.gate.socket())
                    .collect();
                let acceptor = Listener::bind(listen, self.limits.backlog(), &others)
                    .and_then(|listener| Acceptor::new(listener, Arc::clone(next), secure.cloned()))
                    .map_err(failed)?;
                (acceptor.endpoint().clone(), Some(acceptor))
            }
        };
        let mut handshakes = false;
        for other in open.iter_mut().filter(|other| !other.stays) {
            match other.relation {
                Relation::Equal | Relation::Wider => other.gate.hand_to(next, secure),
                Relation::Narrower => handshakes = true,
                Relation::Disjoint => {}
            }
        }
        drop(open);
        self.acceptors.extend(new.clone());
        Ok(Entered {
            endpoint,
            new,
            handshakes,
        })
    }

    /// Whether a listener belongs to an endpoint that goes on being served by itself.
    fn stays(&self, gate: &Gate, moving: Option<&Arc<Generation>>) -> bool {
        !moving.is_some_and(|moving| gate.belongs_to(moving))
            && self
                .sites
                .iter()
                .any(|site| gate.belongs_to(&site.generation))
    }

    /// Drains one generation; of the `acceptors`, those that belong to it are closed.
    fn leave(
        &self,
        generation: Arc<Generation>,
        acceptors: Vec<Arc<Acceptor>>,
        handshakes: bool,
    ) -> Draining {
        let leaving = Leaving {
            host: Arc::clone(&self.host),
            generation,
            acceptors,
            limits: self.limits,
            handshakes,
        };
        leaving.start()
    }
}

/// How `listen` is secured where `secure` is at hand.
fn secure_for(listen: &Listen, secure: Option<&Arc<Secure>>) -> Option<Arc<Secure>> {
    secure.filter(|_| !listen.is_plain()).cloned()
}

/// A listener that is open, held while another is bound.
struct Neighbour<'a> {
    acceptor: &'a Arc<Acceptor>,
    gate: std::sync::MutexGuard<'a, Gate>,
    relation: Relation,
    stays: bool,
}

/// What [`Accepting::enter`] found or made.
struct Entered {
    endpoint: Endpoint,
    /// Nobody accepts from it yet.
    new: Option<Arc<Acceptor>>,
    /// Clients may be in the middle of a handshake with a listener that another one now hides.
    handshakes: bool,
}
