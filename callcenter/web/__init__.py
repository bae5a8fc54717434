"""The screens, the log and the API: the only place that imports aiohttp."""
