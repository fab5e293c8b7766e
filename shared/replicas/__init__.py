"""What services keep of other services' facts: communities' names and catalogue items."""
