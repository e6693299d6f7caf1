"""Values beside the values as they stood: codes and forms in which the same thing is written the same way."""
