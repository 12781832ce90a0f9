/** A back end as its developer would write it: it knows JMS and nothing of Trunkline's code. */
@NullMarked
package com.example.backend;

import org.jspecify.annotations.NullMarked;
