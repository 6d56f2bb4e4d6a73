"""The composition root: the only module that knows all the parts and puts them together."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from bot import api
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.config import Settings
from bot.conversation import Conversation
from bot.counting.counter import Counting
from bot.dispatch import callbacks
from bot.dispatch.callbacks import CALLBACKS
from bot.dispatch.opened import dispatch
from bot.errors import SettingError
from bot.jobs import Jobs
from bot.keys import (
    AUDIT,
    CALL_BOOK,
    CATALOG,
    CLOCK,
    CONVERSATION,
    DESK,
    KEYRING,
    LINKS,
    QUICK,
    REQUESTS,
    SETTINGS,
    SHELF,
    STAFF,
    STORE,
    SUSPECTS,
    TALLY,
    UNDERSTANDER,
)
from bot.links import Links
from bot.pickup import Pickup
from bot.quiet import without_traceback
from bot.retention import TONIGHT, Retention
from bot.store.connect import Stores, opened
from bot.store.key_register import warn_where_plain
from bot.voice import make_ears
from bot.watching import request_id
from bot.watching.opened import METRICS, All, told, watch
from bot.watching.rooms import timed
from bot.watching.understanding import Measured
from bot.web import pages
from bot.web.limits import LIMITS, Limits
from bot.web.middleware import middlewares
from bot.wechat import door
from bot.wechat.accounts import load_accounts
from bot.wechat.door import OFFICE
from bot.wechat.office import Office, office
from nlu import embedded, rasa
from nlu.lexicon import Lexicon
from nlu.understanding import Understander
from nlu.weights import WeightsError

# The largest body that any door takes.
BODY_LIMIT = 64 * 1024
_FIRST = "我妈83岁，低保，家在卧龙区，明天上午九点来"


async def make_app(settings: Settings) -> web.Application:
    """The whole application, ready to be run; raises `SettingError` or `CatalogError` where it cannot start."""
    # It quotes the request lines and headers that it cannot read.
    without_traceback("aiohttp.server")
    app = web.Application(middlewares=middlewares(), client_max_size=BODY_LIMIT)
    catalog = load_catalog()
    app[SETTINGS] = settings
    app[CATALOG] = catalog
    app[CLOCK] = settings.now
    app[LIMITS] = Limits()
    _known_region(settings, catalog)
    own = embedded_engine(settings, catalog)
    watch(app, settings)
    app.cleanup_ctx.extend([lambda app: _with_understander(app, own), _with_store])
    api.add_routes(app)
    pages.add_routes(app)
    door.add_routes(app)
    callbacks.add_routes(app)
    return app


@contextlib.asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[None]:
    """The application without its doors: does the jobs of all processes, as long as it is open; raises as `make_app`."""
    runner = web.AppRunner(await make_app(settings))
    await runner.setup()
    try:
        yield
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def understanding(settings: Settings, catalog: Catalog) -> AsyncIterator[Understander]:
    """Rasa where RASA_URL names one, with the embedded engine behind it; raises `SettingError` as that does."""
    async with _engine(settings, embedded_engine(settings, catalog)) as engine:
        yield engine


def embedded_engine(settings: Settings, catalog: Catalog) -> embedded.Embedded:
    """The embedded engine with the catalog's names; raises `SettingError` where it cannot be made ready."""
    try:
        return embedded.load(settings.data_dir, lexicon(catalog))
    except WeightsError as error:
        raise SettingError(f"BOT_DATA_DIR: {error}") from error


@contextlib.asynccontextmanager
async def _engine(
    settings: Settings, own: embedded.Embedded, around: rasa.Surroundings = rasa.ALONE
) -> AsyncIterator[Understander]:
    if settings.rasa_url is None:
        yield own
        return
    async with rasa.connect(settings.rasa_url.get_secret_value(), own, around) as engine:
        yield engine


def lexicon(catalog: Catalog) -> Lexicon:
    """The catalog's names of places and services, as the readers look for them."""
    return Lexicon(catalog.region_names, catalog.benefit_names, catalog.call_names)


def _known_region(settings: Settings, catalog: Catalog) -> None:
    region = settings.default_region
    if region and catalog.region(region).code is None:
        raise SettingError(
            f"BOT_DEFAULT_REGION: {region!r} is no place in regions.yaml; give a code such as 411303"
        )


async def _with_understander(app: web.Application, own: embedded.Embedded) -> AsyncIterator[None]:
    async with _engine(
        app[SETTINGS], own, rasa.Surroundings(app[METRICS].asked_rasa, request_id.headers)
    ) as engine:
        app[UNDERSTANDER], app[QUICK], app[SUSPECTS] = engine, own, own.suspects
        # The first sentence costs as much as a hundred others: nobody shall wait for it.
        await own.understand(_FIRST, None, app[CLOCK]())
        yield


async def _with_store(app: web.Application) -> AsyncIterator[None]:
    async with opened(*app[SETTINGS].store_at()) as plain:
        warn_where_plain(plain.server.sealer)
        stores = timed(plain, app[METRICS])
        app[STORE], app[SHELF] = stores.turns, stores.shelf
        app[REQUESTS], app[STAFF] = stores.requests, stores.staff
        app[KEYRING], app[AUDIT], app[TALLY] = stores.keyring, stores.audit, stores.tally
        app[LINKS] = Links(stores.keyring, stores.shelf, app[SETTINGS].public_url or "")
        async with _working(app, stores):
            yield


@contextlib.asynccontextmanager
async def _working(app: web.Application, stores: Stores) -> AsyncIterator[None]:
    """Everything that talks and serves, with the jobs behind it."""
    settings, metrics = app[SETTINGS], app[METRICS]
    queue = Jobs(stores.url, metrics.job_done, stores.server.copied)
    retention = Retention(stores, queue.add, app[CLOCK])
    queue.handle(retention.handlers(), TONIGHT)
    async with contextlib.AsyncExitStack() as stack:
        served = await stack.enter_async_context(dispatch(settings, stores, queue, app[CATALOG], app[CLOCK]))
        app[DESK], app[CALL_BOOK], app[CALLBACKS] = served.desk, served.tracker, served.callbacks
        counts = Counting(stores.tally, app[CATALOG], app[CLOCK])
        await stack.enter_async_context(counts.counting())
        app[CONVERSATION] = Conversation(
            app[CATALOG],
            Measured(app[UNDERSTANDER], metrics),
            stores.turns,
            app[CLOCK],
            settings.default_region,
            app[QUICK],
            served.tracker,
            served.duty,
            app[LINKS] if settings.public_url else None,
            Pickup(stores.shelf),
            All([counts, metrics]),
            app[SUSPECTS],
        )
        app[OFFICE] = opened = await _office(app, stores, queue, stack)
        await stack.enter_async_context(told(app, stores, queue, served.tracker.sender, settings))
        async with queue.working():
            yield
            retention.stop()
            await opened.close()


async def _office(
    app: web.Application, stores: Stores, queue: Jobs, stack: contextlib.AsyncExitStack
) -> Office:
    settings = app[SETTINGS]
    accounts = load_accounts(settings, app[CATALOG].regions)
    ears = await make_ears(settings.voice_model_dir)
    if ears is not None:
        stack.push_async_callback(ears.close)
    return await stack.enter_async_context(
        office(accounts, settings.wechat_api_base, ears, app[CONVERSATION], stores, app[CLOCK], queue)
    )
