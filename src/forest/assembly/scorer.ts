/**
 * What the scorer's module offers: attributions and interactions of one row, predictions of one row and of many.
 */
export { attribute } from './scorer-attribution';
export { interact } from './scorer-interaction';
export { encode, encodeRow, predictRow, predictRows } from './scorer-prediction';
