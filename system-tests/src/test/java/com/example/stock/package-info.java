/** A back end of somebody who knows JMS and nothing of Trunkline's code. */
@NullMarked
package com.example.stock;

import org.jspecify.annotations.NullMarked;
