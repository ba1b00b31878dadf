import scrapy  # noqa: F401
