//! Policies as layers around services (feature `tower`).

use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::error::Error;

use tower_layer::Layer;
use tower_service::Service;

use crate::policy::breaker::Breaker;
use crate::policy::bulkhead::Bulkhead;
use crate::policy::judge::Judge;
use crate::trip::tripped::Tripped;

type BoxError = Box<dyn Error + Send + Sync>;

/// A policy around each call of a service: [`Breaker::layer`], [`Bulkhead::layer`].
///
/// The service is only called once the policy lets the call through. The error of a refusal is the
/// [`Tripped`](crate::Tripped); the errors of the service are boxed, as is usual for tower. A breaker judges them
/// before that, as `Result<S::Response, S::Error>`.
pub struct PolicyLayer<P: 'static>(&'static P);

impl<J> Breaker<J> {
    /// A layer that makes each call of a service through this breaker.
    ///
    /// ```
    /// use std::io;
    /// use guard_runtime::Tripped;
    /// use guard_runtime::policy::{Breaker, Errors};
    /// use tower::{Layer, Service, service_fn};
    ///
    /// static LEDGER: Breaker<Errors<io::Error>> = Breaker::new().errors(|_| true);
    ///
    /// # futures::executor::block_on(async {
    /// let down = service_fn(async |_: u32| Err::<u32, _>(io::Error::other("down")));
    /// let mut service = LEDGER.layer().layer(down);
    /// for _ in 0..5 {
    ///     assert!(service.call(7).await.unwrap_err().is::<io::Error>());
    /// }
    /// assert!(service.call(7).await.unwrap_err().is::<Tripped>());
    /// # });
    /// ```
    #[must_use]
    pub const fn layer(&'static self) -> PolicyLayer<Self> {
        PolicyLayer(self)
    }
}

impl Bulkhead {
    /// A layer that makes each call of a service with a permit of this bulkhead. It waits for the permit in the
    /// call, where the budget of the scopes around counts, and not while the service is made ready.
    #[must_use]
    pub const fn layer(&'static self) -> PolicyLayer<Self> {
        PolicyLayer(self)
    }
}

impl<P> Clone for PolicyLayer<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for PolicyLayer<P> {}

impl<P: fmt::Debug> fmt::Debug for PolicyLayer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PolicyLayer").field(self.0).finish()
    }
}

impl<S, P> Layer<S> for PolicyLayer<P> {
    type Service = PolicyService<S, P>;

    fn layer(&self, inner: S) -> Self::Service {
        let policy = self.0;
        PolicyService { inner, policy }
    }
}

/// A service in a [`PolicyLayer`].
pub struct PolicyService<S, P: 'static> {
    inner: S,
    policy: &'static P,
}

impl<S: Clone, P> Clone for PolicyService<S, P> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            policy: self.policy,
        }
    }
}

impl<S: fmt::Debug, P: fmt::Debug> fmt::Debug for PolicyService<S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyService")
            .field("inner", &self.inner)
            .field("policy", &self.policy)
            .finish()
    }
}

type ResponseFuture<R> = Pin<Box<dyn Future<Output = Result<R, BoxError>> + Send>>;

/// A policy that can stand around a call that returns `R`.
trait Wrap<R> {
    /// The call through this policy.
    fn around<F>(&'static self, call: F) -> impl Future<Output = Result<R, Tripped>> + Send
    where
        F: Future<Output = R> + Send;
}

impl<R, J: Judge<R> + Sync> Wrap<R> for Breaker<J> {
    fn around<F>(&'static self, call: F) -> impl Future<Output = Result<R, Tripped>> + Send
    where
        F: Future<Output = R> + Send,
    {
        self.wrap(call)
    }
}

impl<R> Wrap<R> for Bulkhead {
    fn around<F>(&'static self, call: F) -> impl Future<Output = Result<R, Tripped>> + Send
    where
        F: Future<Output = R> + Send,
    {
        self.wrap(call)
    }
}

#[allow(private_bounds, reason = "breakers and bulkheads alone")]
impl<S, A, P> Service<A> for PolicyService<S, P>
where
    S: Service<A> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    A: Send + 'static,
    P: Wrap<Result<S::Response, S::Error>> + Sync,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = ResponseFuture<S::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: A) -> Self::Future {
        // The service that was made ready makes the call, and a clone takes its place.
        let clone = self.inner.clone();
        let (policy, mut inner) = (self.policy, mem::replace(&mut self.inner, clone));
        Box::pin(async move {
            let call = policy.around(async { inner.call(request).await });
            call.await?.map_err(Into::into)
        })
    }
}
