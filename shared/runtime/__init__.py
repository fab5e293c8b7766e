"""Where services meet nameko: tenants, event subscriptions, health; whoever replaces nameko replaces this package."""
