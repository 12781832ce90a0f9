/**
 * Somebody else's program: knows JMS and the documented properties, nothing of Trunkline's code.
 */
@NullMarked
package com.example.erp;

import org.jspecify.annotations.NullMarked;
