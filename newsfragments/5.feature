Administrators create publish-subscribe nodes of their own: configuration, affiliations, kept items, the last item on subscribing,
options of subscriptions, and the owner's requests of XEP-0060 (``docs/notification.rst``).
