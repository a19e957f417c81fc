(* Random weights and ReLUs: hypotheses (H), Lemma 9, Eq. 13 and the second moments of Theorem 4.

   A random variable is an element of a commutative ring, and an expectation is a linear function
   of it that is 1 at 1: nothing else about probability is needed.  Each hypothesis is stated in the
   form in which the proofs use it, which is weaker than independence. *)
From mathcomp Require Import all_ssreflect all_algebra.
Require Import dags paths lemma_7 lemma_8.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section RandomWeights.
Variables (G : dag) (layers : finType) (layer : node G -> layers).
Variables (variable : comRingType) (E : {additive variable -> rat}).
Variables (weight : edge G -> variable) (gate : node G -> variable).
Implicit Types (x o v : node G) (p q : seq (edge G)).

(* A product of weights, in which an edge may stand more than once. *)
Definition weights (s : seq (edge G)) : variable := \prod_(e <- s) weight e.

(* The gates of the neurons in a list without repeats; a gate is 1 where its ReLU is open, else 0. *)
Definition gates (s : seq (node G)) : variable := \prod_(v <- s) gate v.

(* H1: gates are 0 or 1, half of them are open, independently of each other and of the weights. *)
Definition H1 : Prop :=
  (forall v, gate v * gate v = gate v) /\
  (forall (s : seq (edge G)) (t : seq (node G)), uniq t ->
     E (weights s * gates t) = E (weights s) * 2%:R^-1 ^+ size t).

(* H2: a path traverses each layer at most once.  A weight is in the layer of its edge's head. *)
Definition H2 : Prop := forall x o p, is_path x p o -> uniq [seq layer (head e) | e <- p].

(* H3: weights have expectation 0 and variance 2/in-degree. *)
Definition H3 : Prop :=
  forall e, E (weight e) = 0 /\ E (weight e ^+ 2) = 2%:R / (in_degree (head e))%:R.

(* H4: the weights of different layers are independent: the expectation of a product is the product,
   over the layers, of expectations. *)
Definition H4 : Prop :=
  forall s, E (weights s) = \prod_(l : layers) E (weights [seq e <- s | layer (head e) == l]).

(* H5, for the weights into one neuron: two of them are uncorrelated. *)
Definition H5 : Prop :=
  forall e e', e != e' -> head e = head e' -> E (weight e * weight e') = 0.

(* H5 as it is printed, for any two weights of a layer. *)
Definition H5_printed : Prop :=
  forall e e', e != e' -> layer (head e) = layer (head e') -> E (weight e * weight e') = 0.

(* H5 as it is printed contradicts weight sharing: one weight on two edges of a layer. *)
Theorem H5_printed_contradicts_sharing e e' :
  H3 -> e != e' -> layer (head e) = layer (head e') -> weight e = weight e' -> ~ H5_printed.
Proof.
move=> h3 ne same shared h5; have := h5 e e' ne same.
rewrite -shared -expr2 (proj2 (h3 e)) => /eqP; rewrite mulf_eq0 invr_eq0 !pnatr_eq0 /=.
by apply/negP; rewrite -lt0n; apply/card_gt0P; exists e; rewrite inE.
Qed.

Hypotheses (h2 : H2) (h3 : H3) (h4 : H4) (h5 : H5).
Hypothesis E1 : E 1 = 1.

Lemma one_in_layer x o p e :
  is_path x p o -> e \in p -> [seq f <- p | layer (head f) == layer (head e)] = [:: e].
Proof.
move/h2; elim: p => //= f p IH /andP[f_notin uniq_p]; rewrite inE => /orP[/eqP->|e_in].
  rewrite eqxx; congr (_ :: _); apply/eqP; rewrite -size_eq0 size_filter -leqn0 leqNgt -has_count.
  apply/hasPn => g g_in; apply: contra f_notin => /eqP <-; exact: (map_f (fun e => layer (head e))).
rewrite IH // ifN //; apply: contra f_notin => /eqP->.
exact: (map_f (fun e => layer (head e))).
Qed.

(* Lemma 9, first part. *)
Theorem lemma_9_expectation x o p : is_path x p o -> p != [::] -> E (weights p) = 0.
Proof.
case: p => // e p pth _; rewrite h4 (bigD1 (layer (head e))) //=.
rewrite -[if _ then _ else _]/[seq f <- e :: p | layer (head f) == layer (head e)].
by rewrite (one_in_layer pth) ?mem_head // /weights big_seq1 (proj1 (h3 e)) mul0r.
Qed.

(* Lemma 9, second part: two different paths to one node, from nodes without incoming edges. *)
Theorem lemma_9_uncorrelated x y o p q :
  source x -> source y -> is_path x p o -> is_path y q o -> p != q ->
  E (weights p * weights q) = 0.
Proof.
move=> src_x src_y path_p path_q.
suff parting : p != q -> exists e e',
    [/\ e != e', head e = head e', e \in p & e' \in q].
  move/parting => [e [e' [ne same e_in e'_in]]].
  rewrite /weights -big_cat -/(weights _) h4 (bigD1 (layer (head e))) //= filter_cat.
  rewrite (one_in_layer path_p) // same (one_in_layer path_q) //.
  by rewrite /weights big_cons big_seq1 h5 ?mul0r.
elim: p q o path_p path_q => [|e p IH] [|f q] o //=.
- move/eqP=> <- /andP[/eqP hf _] _.
  by have := sourceP f src_x; rewrite hf eqxx.
- move=> /andP[/eqP he _] /eqP eq_y _.
  by have := sourceP e src_y; rewrite he eq_y eqxx.
move=> /andP[/eqP he path_p] /andP[/eqP hf path_q].
have [ef|ne] := eqVneq e f; last first.
  by move=> _; exists e, f; rewrite !mem_head he hf.
rewrite ef eqseq_cons eqxx /= => /(IH q (tail e)) [//||e1 [e2 [? ? in1 in2]]].
  by rewrite ef.
by exists e1, e2; split; rewrite // inE ?in1 ?in2 orbT.
Qed.

(* Lemma 9, third part. *)
Theorem lemma_9_variance x o p :
  is_path x p o -> E (weights p ^+ 2) = \prod_(e <- p) E (weight e ^+ 2).
Proof.
move=> pth; rewrite expr2 /weights -big_cat -/(weights _) h4.
have inj : uniq [seq layer (head e) | e <- p] by exact: h2 pth.
rewrite (bigID (mem [seq layer (head e) | e <- p])) /= [X in _ * X]big1 ?mulr1.
  rewrite -big_uniq //= big_map !big_seq; apply: eq_bigr => e e_in.
  by rewrite filter_cat (one_in_layer pth) // /weights big_cons big_seq1 expr2.
move=> l l_out; rewrite (_ : [seq e <- p ++ p | _] = [::]) /weights ?big_nil ?E1 //.
apply/eqP; rewrite -size_eq0 size_filter -leqn0 leqNgt -has_count; apply/hasPn => e.
rewrite mem_cat orbb => e_in; apply: contra l_out => /eqP <-.
exact: (map_f (fun e => layer (head e))).
Qed.

Hypothesis h1 : H1.

(* The derivative of o with respect to x: the sum over paths of the products of weights and gates. *)
Definition derivative x o : variable :=
  \sum_(p <- paths x o) weights p * gates [seq head e | e <- p].

Lemma gates_square t : gates t * gates t = gates t.
Proof. by rewrite /gates -big_split; apply: eq_bigr => v _; apply: (proj1 h1). Qed.

Lemma gates_cat s t : gates (s ++ t) = gates (undup (s ++ t)).
Proof.
rewrite /gates; elim: (s ++ t) => //= v u IH; rewrite big_cons; case: ifP => v_in.
  rewrite IH (bigD1_seq v) ?mem_undup ?undup_uniq //= mulrA (proj1 h1).
  by rewrite -(bigD1_seq v) ?mem_undup ?undup_uniq.
by rewrite big_cons IH.
Qed.

Lemma uniq_heads x o p : is_path x p o -> uniq [seq head e | e <- p].
Proof. by move/h2; rewrite map_comp; apply: map_uniq. Qed.

(* Eq. 13: without (S), for an input x and any node o. *)
Theorem eq_13 x o : source x -> E (derivative x o ^+ 2) = path_sum x o.
Proof.
move=> src_x; rewrite expr2 /derivative mulr_suml raddf_sum /path_sum.
rewrite [LHS]big_seq [RHS]big_seq; apply: eq_bigr => p; rewrite paths_complete => path_p.
rewrite mulr_sumr raddf_sum (bigD1_seq p) ?paths_uniq ?paths_complete //=.
rewrite big_seq_cond big1 ?addr0 => [|q].
  rewrite mulrACA gates_square -expr2.
  have square : weights p ^+ 2 = weights (p ++ p) by rewrite /weights big_cat expr2.
  rewrite square (proj2 h1) ?(uniq_heads path_p) // -square (lemma_9_variance path_p) size_map.
  elim: p {path_p square} => [|e p IH]; first by rewrite !big_nil expr0 mulr1.
  by rewrite /= !big_cons [_ ^+ (size p).+1]exprS mulrACA IH (proj2 (h3 e));
    congr (_ * _); rewrite mulrAC mulfV ?mul1r ?pnatr_eq0.
rewrite paths_complete => /andP[path_q ne].
rewrite mulrACA [gates _ * _](_ : _ = gates (undup ([seq head e | e <- p] ++ [seq head e | e <- q]))).
  rewrite [weights p * _](_ : _ = weights (p ++ q)); last by rewrite /weights big_cat.
  rewrite (proj2 h1) ?undup_uniq // {1}/weights big_cat -!/(weights _).
  by rewrite (lemma_9_uncorrelated src_x src_x path_p path_q) ?mul0r // eq_sym.
by rewrite -gates_cat /gates big_cat.
Qed.

(* Theorem 4, without (S): the mean square of the gradient's 2-norm is 1, whatever d. *)
Theorem theorem_4_norm (inputs : {set node G}) o :
  (forall v, (v \in inputs) = source v) ->
  \sum_(x in inputs) E (derivative x o ^+ 2) = 1.
Proof.
move=> inputs_sources; rewrite -[RHS](lemma_7 o inputs_sources).
by apply: eq_bigr => x; rewrite inputs_sources => /eq_13->.
Qed.

(* Theorem 4 under (S): each of the d coordinates has mean square 1/d. *)
Theorem theorem_4_symmetric (inputs : {set node G}) o :
  (forall v, (v \in inputs) = source v) -> symmetric inputs o ->
  {in inputs, forall x, E (derivative x o ^+ 2) = #|inputs|%:R^-1}.
Proof.
move=> inputs_sources sym x x_in; rewrite eq_13 -?inputs_sources //.
exact: (lemma_8 inputs_sources sym x_in).
Qed.

End RandomWeights.
