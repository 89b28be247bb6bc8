"""What a case does to the world: one class per outside party, one method per verb."""
