package io.trunkline.systemtest.books;

import java.util.List;
import java.util.Set;

/**
 * What one user's program says.
 *
 * @param topics it had subscribed to before anything was published
 * @param sights in their order, over all its lives
 * @param troubles what should never happen, in words
 */
record Testimony(String user, Set<String> topics, List<Sight> sights, List<String> troubles) {}
