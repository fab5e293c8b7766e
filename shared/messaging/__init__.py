"""RabbitMQ topology and connections, outbox relay, consumer, inbox and dead letters."""
