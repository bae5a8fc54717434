"""Many screens without a browser: each signs in at its desk and keeps the live channel open.

In:  the address, the password, the desks (the person's name is the desk's, with a p before it).
Out: "ready" on standard output when all are in; when standard input ends, how many pictures each was sent (JSON).
Never: measures anything.
"""

import asyncio
import contextlib
import json
import re
import sys

import aiohttp

CSRF = re.compile(r'name="csrf" value="([^"]+)"')


async def screen(url: str, password: str, desk: str, come: asyncio.Event, pictures: dict[str, int]) -> None:
    """One of them, until cancelled."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(url + "sign-in") as page:
            found = CSRF.search(await page.text())
        assert found
        form = {"name": f"p{desk}", "password": password, "position": desk, "csrf": found[1]}
        async with browser.post(url + "sign-in", data=form, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
        async with browser.ws_connect(url + "live", headers={"Origin": url.rstrip("/")}) as channel:
            async for message in channel:
                pictures[desk] = pictures.get(desk, 0) + bool(json.loads(message.data)["html"])
                come.set()


async def main(url: str, password: str, desks: list[str]) -> None:
    pictures: dict[str, int] = {}
    tasks = []
    for desk in desks:  # one after the other: signing in costs the server time on purpose
        come = asyncio.Event()
        tasks.append(asyncio.create_task(screen(url, password, desk, come, pictures)))
        await asyncio.wait_for(come.wait(), 20)
    pictures.clear()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    print(json.dumps(pictures))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
