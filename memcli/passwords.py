"""The password of a Neo4j store, out of the environment, the system's keyring, or somebody's head; and the key of a
language model, out of the first two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import TypeVar

from graph.errors import ModelMissingError, NotFoundError, StoreError, StoreSignInError, UsageError, no_llm
from graph.settings import Settings
from memcli.config import LLM_KEY, PASSWORD

SERVICE = "memcli"
"""Under which name the keyring keeps passwords."""
_TRIES = 2
"""How often somebody is asked: a server locks an account for some seconds after three wrong passwords."""

_LLM = "llm:"
"""What the accounts of language models begin with; those of stores have an @ before any colon."""

T = TypeVar("T")


def account_of(settings: Settings) -> str:
    """Whom the password of the store is for: `USER@HOST:PORT`.

    Raises:
        UsageError: it is a store without passwords.
    """
    if settings.store.startswith("sqlite:"):
        raise UsageError(f"{settings.store} has no password", "name a store at neo4j:// or bolt:// with --store")
    from graph.store.neo4j.address import address

    return address(settings.store).account


def llm_account_of(settings: Settings) -> str:
    """Whom the key of the language model is for: `llm:HOST:PORT`. Another host gets none that was kept for this one.

    Raises:
        UsageError: no language model is set.
    """
    if not settings.llm_url:
        raise no_llm()
    from graph.llm.endpoint import endpoint_of

    return f"{_LLM}{endpoint_of(settings.llm_url).host}"


def with_llm_key(settings: Settings) -> Settings:
    """`settings` with the key that the keyring has, where the environment has none and a language model is set."""
    if not settings.llm_url or settings.llm_key:
        return settings
    return replace(settings, llm_key=kept(llm_account_of(settings)) or "")


def signed_in(settings: Settings, open_with: Callable[[Settings], T], ask: Callable[[str], str] | None) -> T:
    """What `open_with` returns: with the password of the settings, else the keyring's, else what `ask` is told.

    It is tried without the keyring first, which takes longer to load than a server to answer.

    Raises:
        StoreSignInError: none of them is right.
    """
    try:
        return open_with(settings)
    except StoreSignInError as error:
        refused = error
    for password in _more(settings, ask):
        try:
            return open_with(replace(settings, neo4j_password=password))
        except StoreSignInError as error:
            refused = error
    raise refused


def _more(settings: Settings, ask: Callable[[str], str] | None) -> Iterator[str]:
    account = account_of(settings)
    if not settings.neo4j_password and (found := kept(account)):
        yield found
    for _ in range(_TRIES if ask else 0):
        if not (told := ask(account) if ask else ""):
            return
        yield told


def ask_on_terminal(account: str) -> str:
    """Ask for a password without showing it; empty for nothing said.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    from getpass import getpass

    try:
        return getpass(f"Password for {account}: ")
    except EOFError:
        return ""


def kept(account: str) -> str | None:
    """The password that the system's keyring has; None where there is none, or no keyring."""
    if find_spec("keyring") is None:
        return None
    import keyring
    from keyring.errors import KeyringError

    try:
        found: str | None = keyring.get_password(SERVICE, account)
    except (KeyringError, OSError):
        return None
    return found


def keyring_name(variable: str) -> str:
    """What the system's keyring calls itself; `variable` is where a secret may be instead.

    Raises:
        ModelMissingError: the library for it is not installed.
        StoreError: there is none here.
    """
    if find_spec("keyring") is None:
        raise ModelMissingError(
            "the library for the system's keyring is not installed",
            f"pip install 'memcli[keyring]', or set {variable} instead",
        )
    import keyring
    from keyring.backends.fail import Keyring as NoKeyring

    found = keyring.get_keyring()
    if isinstance(found, NoKeyring):
        raise StoreError("there is no keyring on this system", f"set {variable} instead")
    return str(found.name)


def keep(account: str, password: str) -> None:
    """Put a password, or a key, into the system's keyring.

    Raises:
        StoreError: it does not take it.
    """
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, account, password)
    except (KeyringError, OSError) as error:
        raise _unusable(error, account) from None


def forget(account: str) -> None:
    """Remove a password from the system's keyring.

    Raises:
        NotFoundError: it has none.
        StoreError: it does not give it up.
    """
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, account)
    except PasswordDeleteError:
        raise NotFoundError(
            f"the keyring has nothing for {account}", "user and server are those of the store's URL, or of llm.url"
        ) from None
    except (KeyringError, OSError) as error:
        raise _unusable(error, account) from None


def _unusable(error: Exception, account: str) -> StoreError:
    # Only its type: what a keyring says of itself may hold anything.
    variable = LLM_KEY if account.startswith(_LLM) else PASSWORD
    return StoreError(f"the keyring cannot be used: {type(error).__name__}", f"unlock it, or set {variable} instead")
